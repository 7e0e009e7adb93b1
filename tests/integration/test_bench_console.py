"""`maskwatch bench console`, small: people's acts are timed in a real browser, and the console's own CPU."""

from __future__ import annotations

import shutil

import pytest
from bench.console import bench

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions

pytestmark = pytest.mark.browser


def test_every_act_is_timed_and_the_process_measured() -> None:
    if shutil.which("chromium") is None:
        pytest.skip("there is no chromium on the PATH")
    report = bench(BenchOptions(settings=Settings(), is_quick=True))
    figures = {figure.name: figure for figure in report.figures}
    acts = {f"interaction.{act}{half}" for act in ("filter", "open", "back") for half in ("", ".half")}
    assert set(figures) == {"interaction", *acts, "pictures", "age", "cpu"}
    assert all(figure.value is not None and figure.value > 0 for figure in figures.values())
    assert {name for name, figure in figures.items() if figure.goal} == {"interaction", "cpu"}
