"""Reports of benchmarks: goals, how they are shown, and where they were measured."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskwatch.benchmarks.environment import Environment, look_around
from maskwatch.benchmarks.report import Figure, Report, Table, at_least, below
from maskwatch.benchmarks.showing import environment_line, to_json, to_markdown
from maskwatch.cli import bench
from maskwatch.cli.app import app

FAST = Figure(name="speed", value=1234.5, unit="pictures/s", how="once", goal=at_least(1000))
LATE = Figure(name="delay", value=5.0, unit="ms", how="once", goal=below(5))
UNKNOWN = Figure(name="gpu", value=None, unit="pictures/s", how="no device", goal=at_least(1))
PLAIN = Figure(name="size", value=2, unit="MB", how="once")
TABLE = Table(title="Parts", columns=("part", "ms"), rows=(("decode", 1.25), ("a|b", None)))
REPORT = Report(name="model", figures=(FAST, LATE, UNKNOWN, PLAIN), tables=(TABLE,), models=("lite@1",))
HERE = Environment(
    at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    cpu="a processor",
    cores=2,
    system="an OS",
    python="3.11.0",
    packages={"numpy": "2.0"},
    commit="abc",
    load={"1": 0.5, "5": 1, "15": 2},
)
LATER = replace(HERE, load={"1": 9.0, "5": 1, "15": 2})


def test_more_reaches_a_least_and_only_less_reaches_a_limit() -> None:
    assert [FAST.is_reached, LATE.is_reached, UNKNOWN.is_reached, PLAIN.is_reached] == [True, False, None, None]
    assert at_least(5).is_reached_by(5)
    assert REPORT.missed == (LATE,)


def test_a_figure_of_several_gets_their_name_in_front() -> None:
    assert FAST.under("batched.lite").name == "batched.lite.speed"


def test_a_report_reads_as_a_markdown_page() -> None:
    lines = to_markdown(REPORT).splitlines()
    assert "| speed | 1,234 | pictures/s | >= 1000 | reached | once |" in lines
    assert "| delay | 5 | ms | < 5 | missed | once |" in lines
    assert "| gpu | not measured | pictures/s | >= 1 | - | no device |" in lines
    assert "| size | 2 | MB | - | - | once |" in lines
    assert lines[-5:] == ["", "| part | ms |", "| --- | --- |", "| decode | 1.25 |", "| a/b | not measured |"]


def test_a_report_of_tables_alone_shows_no_empty_table() -> None:
    assert "figure" not in to_markdown(Report(name="model", figures=(), tables=(TABLE,)))


def test_strict_exits_with_1_when_a_goal_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = Report(name="model", figures=(FAST, UNKNOWN))
    for report, strict, code in ((REPORT, True, 1), (REPORT, False, 0), (reached, True, 0)):
        monkeypatch.setattr(bench, "load_benchmark", lambda _name, report=report: lambda _options: report)
        done = CliRunner().invoke(app, ["bench", "model", *(["--strict"] if strict else [])])
        assert done.exit_code == code, done.output
        assert "| speed |" in done.output


def test_json_holds_every_figure_and_the_load_before_and_after() -> None:
    written = json.loads(json.dumps(to_json([REPORT], before=HERE, after=LATER)))
    (benchmark,) = written["benchmarks"]
    assert [figure["is_reached"] for figure in benchmark["figures"]] == [True, False, None, None]
    assert benchmark["figures"][1]["goal"] == {"limit": 5, "is_least": False}
    assert benchmark["models"] == ["lite@1"]
    assert benchmark["tables"][0]["rows"][0] == ["decode", 1.25]
    assert written["environment"]["load_before"]["1"] == 0.5
    assert written["environment"]["load_after"]["1"] == 9
    assert written["environment"]["commit"] == "abc"


def test_what_is_no_number_becomes_null_for_not_every_program_reads_nan() -> None:
    odd = Report(name="odd", figures=(replace(FAST, value=float("nan")),))
    (figure,) = to_json([odd], before=HERE, after=HERE)["benchmarks"][0]["figures"]
    assert figure["value"] is None
    assert figure["is_reached"] is None


def test_the_head_line_tells_where_and_when() -> None:
    line = environment_line(HERE, LATER)
    for part in ("2026-01-02 03:04 UTC", "abc", "2 cores of a processor", "numpy 2.0", "0.5 1 2 -> 9 1 2"):
        assert part in line


def test_this_machine_is_looked_at() -> None:
    here = look_around(Path(__file__).parent)
    assert here.cores >= 1
    assert "numpy" in here.packages
    assert set(here.load) == {"1", "5", "15"}


def test_a_folder_that_is_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert look_around(tmp_path).commit is None


def test_without_a_checkout_one_line_says_where_the_benchmarks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    with pytest.raises(bench.NotFound, match="source checkout"):
        bench.load_benchmark("model")


def test_every_benchmark_of_the_table_can_be_called() -> None:
    for name in bench.BENCHMARKS:
        assert callable(bench.load_benchmark(name))


def test_an_unknown_benchmark_s_error_lists_the_known_ones() -> None:
    with pytest.raises(bench.InvalidInput, match="model"):
        bench.named("nothing")
    assert bench.named("all") == list(bench.BENCHMARKS)
