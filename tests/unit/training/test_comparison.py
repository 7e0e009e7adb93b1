"""Two runs held against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from training.cli import app
from training.errors import DataMissing

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
from training.classifier.comparison import compare, mcnemar
from training.evaluation.statistics import wilson_interval

LABELS = ("no_mask", "mask_incorrect", "mask_correct")


@pytest.mark.parametrize(("won", "lost", "p"), [(0, 0, 1.0), (3, 3, 1.0), (5, 0, 2 / 32), (8, 2, 2 * 56 / 1024)])
def test_an_uneven_split_is_unlikely_by_chance(won: int, lost: int, p: float) -> None:
    assert mcnemar(won, lost) == pytest.approx(p)
    assert mcnemar(lost, won) == pytest.approx(p)


def metrics(right: list[int]) -> dict[str, Any]:
    share = {"share": sum(right) / len(right), "interval": wilson_interval(sum(right), len(right)), "of": len(right)}
    figures = {"accuracy": share, "balanced_accuracy": 0.5, "recall": dict.fromkeys(LABELS, share)}
    part = {"all": figures, "sources": {"drawn": figures}, "right": right}
    told = {"linear_probe": 0.75, "discriminator": 0.5}
    return {"steps": 7, "minutes": 1.25, "domain_accuracy": told, "originals": part, "degraded": part}


def test_the_table_has_a_row_for_every_part_and_counts_the_faces_that_differ() -> None:
    table = compare({"plain": metrics([1, 1, 0, 0]), "adapted": metrics([1, 0, 1, 1])}).splitlines()
    assert sum(line.startswith("| plain") for line in table) == 4
    assert "| adapted | degraded, drawn | 4 | 0.750 [0.301, 0.954] | 0.500 |" in "\n".join(table)
    assert (
        "plain: 7 steps in 1.2 minutes; domains told apart by a fresh probe 0.750, by the discriminator 0.500" in table
    )
    assert "originals: adapted names 2 faces right that plain does not, and 1 the other way; p = 1" in table


def test_the_command_reads_runs_and_names_one_that_was_not_measured(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps(metrics([1, 0])))
    result = CliRunner().invoke(app, ["train", "adapt-table", str(tmp_path / "a"), str(tmp_path / "b")])
    assert result.exit_code == 0
    assert "b names 0 faces right that a does not" in result.stdout
    result = CliRunner().invoke(app, ["train", "adapt-table", str(tmp_path / "c")])
    assert isinstance(result.exception, DataMissing)
    assert "train adapt" in str(result.exception)
