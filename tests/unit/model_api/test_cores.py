"""How many cores a process may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model_api.engines.cores import cores


@pytest.fixture(autouse=True)
def _eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("1600000 100000", 8), ("nonsense", 8), ("1 0", 8)],
)
def test_a_container_gets_no_more_than_its_share(tmp_path: Path, quota: str, expected: int) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(quota)
    assert cores(file) == expected


def test_without_control_groups_the_cores_that_it_may_run_on_count(tmp_path: Path) -> None:
    assert cores(tmp_path / "absent") == 8


def test_where_nobody_restricts_a_process_all_cores_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert cores(tmp_path / "absent") == 4
