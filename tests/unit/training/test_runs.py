"""Run folders as `runs` shows them; they are written here as training writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from training.cli import app
from training.errors import NotARun
from training.runs.curve import sparkline
from training.runs.outcome import add_figures, curve_figures
from training.runs.record import leading_figures, read_run, run_folders


def write_run(folder: Path, *, seed: int = 1, rows: int = 12, metrics: dict | None = None) -> Path:
    folder.mkdir(parents=True)
    config = {"folder": str(folder), "fit": {"minutes": 5.0, "seed": seed}, "threads": 2}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "environment.json").write_text(json.dumps({"torch": "2.13.0", "cpus": 2}))
    lines = [f"{30 * row},{10 * row},{100 - row},0.001" for row in range(1, rows + 1)]
    if rows:
        (folder / "curves.csv").write_text("\n".join(["seconds,step,total,rate", *lines]) + "\n")
    if metrics is not None:
        (folder / "metrics.json").write_text(json.dumps(metrics))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_run(tmp_path / "a", metrics={"ap50": 0.81, "sources": {"x": {"ap50": 0.7}}})
    write_run(tmp_path / "b", seed=2, rows=4, metrics={"ap50": 0.84})
    (tmp_path / "cache").mkdir()
    return tmp_path


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["runs", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_list_has_steps_minutes_losses_and_figures(root: Path) -> None:
    first, second = json.loads(invoke("list", "--root", str(root), "--json"))
    assert first == {
        "name": "a",
        "steps": 120,
        "minutes": 6.0,
        "loss": pytest.approx(sum(100 - row for row in range(3, 13)) / 10),
        "metrics": {"ap50": 0.81},
        "checkpoint": False,
        "error": None,
    }
    assert (second["name"], second["steps"], second["minutes"]) == ("b", 40, 2.0)
    lines = invoke("list", "--root", str(root)).splitlines()
    assert [line.split()[0] for line in lines] == ["run", "a", "b"]


def test_a_run_shows_all_it_has_by_name_or_folder(root: Path) -> None:
    told = json.loads(invoke("show", "a", "--root", str(root), "--json"))
    assert told["config"]["fit"] == {"minutes": 5.0, "seed": 1}
    assert told["environment"]["torch"] == "2.13.0"
    assert told["all_metrics"]["sources"]["x"]["ap50"] == 0.7
    assert "config.fit.seed" in invoke("show", str(root / "a"))


def test_comparing_tells_differing_settings_only_and_all_figures(root: Path) -> None:
    told = json.loads(invoke("compare", "a", "b", "--root", str(root), "--json"))
    assert told["settings"] == {"folder": [str(root / "a"), str(root / "b")], "fit.seed": [1, 2]}
    assert told["environment"] == {}
    assert told["progress"] == {"steps": [120, 40], "minutes": [6.0, 2.0]}
    assert told["metrics"] == {"ap50": [0.81, 0.84]}
    assert told["all_metrics"] == {"ap50": [0.81, 0.84], "sources.x.ap50": [0.7, None]}
    lines = invoke("compare", "a", "b", "--root", str(root)).splitlines()
    assert any(line.split() == ["settings:", "fit.seed", "1", "2"] for line in lines)
    assert not any("threads" in line or "sources.x" in line for line in lines)
    assert "sources.x.ap50" in invoke("compare", "a", "b", "--root", str(root), "--all")
    assert max(map(len, lines)) < 200, "long values are cut"


def test_a_run_that_just_started_has_nothing_to_tell_yet(tmp_path: Path) -> None:
    write_run(tmp_path / "young", rows=0)
    (row,) = json.loads(invoke("list", "--root", str(tmp_path), "--json"))
    assert (row["steps"], row["minutes"], row["loss"], row["metrics"]) == (0, 0.0, None, {})
    assert "young" in invoke("list", "--root", str(tmp_path))


def test_half_a_line_at_the_end_of_the_curves_is_left_out(root: Path) -> None:
    with (root / "a" / "curves.csv").open("a") as file:
        file.write("390,13")
    assert read_run(root / "a").steps == 120


def test_a_root_without_runs_says_so(tmp_path: Path) -> None:
    assert invoke("list", "--root", str(tmp_path)) == f"no runs in {tmp_path}\n"


def test_folders_that_are_no_runs_are_told(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NotARun, match="no config"):
        read_run(root / "cache")
    with pytest.raises(NotARun, match="no folder"):
        read_run(root / "none")
    with pytest.raises(NotARun, match="--root"):
        run_folders(root / "none")


@pytest.mark.parametrize(("content", "reason"), [("{", "is not JSON"), ("[]", "holds no object")])
def test_broken_files_are_told(content: str, reason: str, root: Path) -> None:
    (root / "a" / "metrics.json").write_text(content)
    with pytest.raises(NotARun, match=rf"metrics\.json {reason}"):
        read_run(root / "a")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("metrics.json", b"{", "is not JSON"),
        ("config.json", b"\xff", "is not JSON"),
        ("curves.csv", b"\xff", "is not a table"),
    ],
)
def test_a_broken_run_is_listed_with_the_reason_and_the_others_with_it(
    name: str, content: bytes, reason: str, root: Path
) -> None:
    (root / "a" / name).write_bytes(content)
    broken, whole = json.loads(invoke("list", "--root", str(root), "--json"))
    assert (broken["name"], whole["name"], whole["error"]) == ("a", "b", None)
    assert f"{name} {reason}" in broken["error"]
    lines = invoke("list", "--root", str(root)).splitlines()
    assert [line.split()[0] for line in lines] == ["run", "a", "b"]
    assert "broken: " in lines[1]


def test_any_number_of_runs_can_be_compared(root: Path) -> None:
    write_run(root / "c", seed=3)
    told = json.loads(invoke("compare", "a", "b", "c", "--root", str(root), "--json"))
    assert told["settings"]["fit.seed"] == [1, 2, 3]
    assert told["metrics"] == {"ap50": [0.81, 0.84, None]}
    assert "threads" not in told["settings"]


def test_the_curve_tells_what_each_run_changed_its_loss_and_what_it_reached(root: Path) -> None:
    write_run(root / "c", rows=0)
    told = json.loads(invoke("compare", "a", "b", "c", "--root", str(root), "--json"))["curve"]
    assert [row["changed"] for row in told] == [{}, {"fit.seed": 2}, {}]
    assert told[0]["figures"] == {"ap50": 0.81, "ap50 x": 0.7}
    assert told[1]["loss"] == [[0.5, 99.0], [1.0, 98.5], [1.5, 98.0], [2.0, 97.5]]
    head, _, first, second, young = invoke("compare", "a", "b", "c", "--root", str(root), "--curve").splitlines()
    assert head == "| run | changed | steps | minutes | loss over time | ap50 | ap50 x |"
    assert first == "| a | - | 120 | 6.0 | █▇▇▆▆▅▅▄▄▃▂▁ 99 to 92.5 | 0.81 | 0.7 |"
    assert second.startswith("| b | fit.seed 2 | 40 | 2.0 | ")
    assert young == "| c | - | 0 | 0.0 | - | - | - |"


def test_a_start_is_told_as_the_model_it_is_and_a_folder_by_its_last_name(root: Path) -> None:
    path = root / "b" / "config.json"
    settings = {"start": "/x/last.pt", "labels": "/x/new", "ancestors": {"start": "yoloface-lite@1"}}
    path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))
    _, row = json.loads(invoke("compare", "a", "b", "--root", str(root), "--json"))["curve"]
    assert row["changed"] == {"fit.seed": 2, "start": "yoloface-lite@1", "labels": "new"}


def test_a_long_curve_is_thinned_and_keeps_its_ends(tmp_path: Path) -> None:
    write_run(tmp_path / "long", rows=300)
    (row,) = json.loads(invoke("compare", "long", "--root", str(tmp_path), "--json"))["curve"]
    assert len(row["loss"]) == 24
    assert (row["loss"][0][0], row["loss"][-1][0]) == (0.5, 150.0)


def test_bars_run_from_the_lowest_to_the_highest() -> None:
    assert sparkline([0.0, 0.5, 1.0], 0.0, 1.0) == "▁▅█"
    assert sparkline([2.0, 2.0], 2.0, 2.0) == "▁▁"


def test_the_curves_end_and_best_are_means_of_some_rows() -> None:
    losses = [5.0] * 10 + [1.0] * 10 + [3.0] * 10
    curves = [{"seconds": 60.0 * row, "step": 2.0 * row, "total": loss} for row, loss in enumerate(losses, 1)]
    told = curve_figures(curves)
    assert (told["steps"], told["minutes"], told["last"]) == (60, 30.0, {"total": 3.0})
    assert told["best"] == {"total": {"value": 1.0, "step": 40.0}}
    assert curve_figures([]) == {}


def test_figures_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    add_figures(tmp_path, {"steps": 3, "ap50": 0.1})
    add_figures(tmp_path, {"ap50": 0.123456})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"steps": 3, "ap50": 0.1235}
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_the_figure_of_the_whole_goes_before_that_of_a_part() -> None:
    metrics = {"sources": {"x": {"ap50": 0.7}}, "detector": {"ap50": 0.9}, "accuracy": {"share": 0.96, "of": 5}}
    assert leading_figures(metrics) == {"detector.ap50": 0.9, "accuracy.share": 0.96}
