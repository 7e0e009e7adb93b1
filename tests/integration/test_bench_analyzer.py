"""`maskwatch bench analyzer`, small, on the real servers."""

from __future__ import annotations

import pytest
from bench.analyzer import bench

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions


def test_without_servers_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.analyzer.CHECKOUT", Settings().data / "no-such-folder")
    [figure] = bench(BenchOptions(settings=Settings(), is_quick=True)).figures
    assert figure.value is None


@pytest.mark.services
def test_every_prediction_is_taken_and_the_memory_stays(server_status: dict[str, str]) -> None:
    options = BenchOptions(settings=Settings(), is_quick=True, sections=("pace",))
    values = {figure.name: figure.value for figure in bench(options).figures}
    assert values.keys() == {"pace", "cpu", "memory", "memory.growth"}
    assert (values["pace"] or 0) > 0
