"""`maskwatch fit` as a user meets it, on drawn pictures and tiny networks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnx", reason="needs onnx (pip install 'maskwatch[training]')")

import cv2
from typer.testing import CliRunner

from common.errors import InvalidInput, MaskwatchError
from maskwatch.cli.fit import fit_app
from model_api.fit_rules import PACKAGED_RULES
from tests.tiny_models import BLUE, CELL, GREEN, RED, picture, write_fit, write_repository

CATEGORIES = {RED: 1, GREEN: 2, BLUE: 3}


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two pictures of drawn faces; what the third face wears no network can see."""
    scenes = [{(1, 1): RED, (4, 3): BLUE}, {(2, 2): GREEN}]
    (tmp_path / "images").mkdir()
    images, faces = [], []
    for number, squares in enumerate(scenes):
        cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), picture(squares)[..., ::-1])
        images.append({"id": number, "file_name": f"{number}.png", "width": 256, "height": 192})
        for (column, row), colour in squares.items():
            box = [column * CELL, row * CELL, CELL, CELL]
            faces.append({"id": len(faces), "image_id": number, "bbox": box, "category_id": CATEGORIES[colour]})
    path = tmp_path / "drawn.json"
    path.write_text(json.dumps({"images": images, "annotations": faces, "categories": []}), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_MODELS", str(write_fit(write_repository(tmp_path / "models"))))


def test_a_trial_measures_rules_classifier_and_both(labels: Path) -> None:
    run = CliRunner().invoke(fit_app, ["trial", str(labels), "--json"])
    assert run.exit_code == 0, run.output
    figures = json.loads(run.stdout)
    assert figures["judged"] == figures["faces"] == 3
    assert figures["classifier"]["accuracy"]["share"] == 1
    assert figures["rules"]["confusion"] == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]  # green is no mask to the outliner
    assert figures["agreement"] == pytest.approx(2 / 3)


def test_a_trial_of_a_part_shows_a_row_each(labels: Path) -> None:
    run = CliRunner().invoke(fit_app, ["trial", str(labels), "--limit", "1"])
    assert run.exit_code == 0, run.output
    assert [line.split()[0] for line in run.stdout.splitlines()[1:4]] == ["rules", "classifier", "both"]
    assert "2 faces; rules and classifier agree on 100.0%" in run.stdout


def test_a_trial_needs_the_network(labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_MODELS", str(write_repository(tmp_path / "without")))
    run = CliRunner().invoke(fit_app, ["trial", str(labels)])
    assert isinstance(run.exception, MaskwatchError)
    assert "there is no model unet" in str(run.exception)


def test_rules_are_shown_and_a_broken_copy_is_refused(tmp_path: Path) -> None:
    shown = json.loads(CliRunner().invoke(fit_app, ["rules", "--json"]).stdout)
    assert shown == {**json.loads(PACKAGED_RULES.read_text()), "rules": shown["rules"]}
    assert {"uncovered": ["NOSE", "MOUTH"], "mask_seen": None, "worn": "wrongly"} in shown["rules"]
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps({**shown, "rules": shown["rules"][1:]}), encoding="utf-8")
    run = CliRunner().invoke(fit_app, ["rules", "--rules", str(copy)])
    assert isinstance(run.exception, InvalidInput)
    assert "no rules speak of nothing uncovered" in str(run.exception)
