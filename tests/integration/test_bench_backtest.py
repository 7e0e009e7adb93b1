"""`maskwatch bench backtest` measures what it says."""

from __future__ import annotations

import pytest
from bench.backtest import bench

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions


def test_a_short_past_is_made_and_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.backtest.CHECKOUT", Settings().data / "no-such-folder")  # only on SQLite
    figures = {figure.name: figure for figure in bench(BenchOptions(settings=Settings(), is_quick=True)).figures}
    assert {"sqlite.time", "sqlite.pace", "sqlite.memory", "all_bare.time"} <= figures.keys()
    assert "3,000 predictions of 2 cameras" in figures["sqlite.time"].how
    assert all((figure.value or 0) > 0 for figure in figures.values())
    assert figures["sqlite.time"].goal is None  # a short one says nothing of a million
