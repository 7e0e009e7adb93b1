"""An 8-bit version is a folder like any other, answers like the original, and is judged before it is trusted."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from model_api.networks.yoloface import ServedYoloFace, YoloFace, YoloFaceConfig
from training.cli import app
from training.dataset.coco import load_coco
from training.errors import WrongModel
from training.evaluation.served import open_session, read_card
from training.exporting import int8
from training.exporting.export import DETECTOR_OUTPUTS
from training.exporting.int8 import Int8Order, calibration_inputs, is_worth_it, make_int8, write_int8
from training.exporting.onnx_file import export_onnx

TINY = YoloFaceConfig(widths=(8, 8, 16, 16, 16), depths=(1, 1, 1, 1), neck=16, activation="relu")
CARD = {
    "name": "tiny",
    "version": "1",
    "kind": "detector",
    "command": "drawn",
    "created": "2026-11-22",
    "licence": "Apache-2.0",
    "stride": 32,
    "input_size": 64,
    "nms_iou": 0.5,
    "min_score": 0.5,
    "trained_on": [],
    "parameters": 1,
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported detector with batch norms that have seen pictures."""
    torch.manual_seed(5)
    network = YoloFace(TINY).train()
    for _ in range(8):
        network(torch.randn(2, 3, 64, 64))
    folder = tmp_path_factory.mktemp("exported")
    export_onnx(
        ServedYoloFace(network),
        torch.rand(1, 3, 64, 64) * 255,
        folder / "model.onnx",
        input_name="images",
        output_names=DETECTOR_OUTPUTS,
        dynamic_axes={"images": {0: "N", 2: "H", 3: "W"}, **{name: {0: "N", 1: "A"} for name in DETECTOR_OUTPUTS}},
    )
    (folder / "model.json").write_text(json.dumps(CARD))
    return folder


@pytest.fixture
def weights(exported: Path, tmp_path: Path) -> Path:
    """A folder of it for the test alone."""
    return Path(shutil.copytree(exported, tmp_path / "tiny" / "1"))


def order(weights: Path, labels: Path) -> Int8Order:
    return Int8Order(source=weights, target=weights.parent / "1-int8", calibration=labels, validation=labels, threads=1)


def test_the_8_bit_version_answers_nearly_alike(weights: Path, coco_folder: Path) -> None:
    target = weights.parent / "draft"
    target.mkdir()
    compared = write_int8(order(weights, coco_folder / "train.json"), target)

    card = read_card(target)
    blob = {"images": np.random.default_rng(2).uniform(0, 255, (1, 3, 64, 64)).astype(np.float32)}
    before = open_session(weights, CARD, 1).run(None, blob)
    after = open_session(target, card, 1).run(None, blob)
    assert np.abs(before[0] - after[0]).max() < 6.0  # boxes, pixels
    assert np.abs(before[0] - after[0]).max() > 0
    assert np.abs(before[1] - after[1]).max() < 0.05
    assert compared["bytes_after"] > 0
    assert compared["lost"] == compared["before"] - compared["after"]


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Milliseconds before and after, as every comparison finds them."""
    told = [10.0, 5.0]
    monkeypatch.setattr(int8, "compare_times", lambda *_: tuple(told))
    return told


def test_a_faster_8_bit_version_is_a_version_of_its_own(weights: Path, coco_folder: Path, times: list[float]) -> None:
    assert make_int8(order(weights, coco_folder / "train.json"))["accepted"]
    assert times == [10.0, 5.0]

    target = weights.parent / "1-int8"
    card = read_card(target)
    assert (card["version"], card["quantised_from"]) == ("1-int8", "1")
    assert card["sha256"] == hashlib.sha256((target / "model.onnx").read_bytes()).hexdigest()
    assert "tiny 1-int8" in (target / "card.md").read_text()


def test_calibration_looks_at_faces_for_a_classifier_and_at_pictures_for_a_detector(coco_folder: Path) -> None:
    pictures = load_coco(coco_folder / "train.json")

    whole = calibration_inputs({"kind": "detector", "input_size": 64}, pictures)
    faces = calibration_inputs({"kind": "classifier", "input_size": 32, "crop_scale": 1.2}, pictures)

    assert [blob.shape for blob in whole] == [(1, 3, 64, 64), (1, 3, 64, 64)]
    assert [blob.shape for blob in faces] == [(1, 3, 32, 32)]  # the second picture holds no face


@pytest.mark.parametrize(
    ("kind", "lost", "milliseconds", "expected"),
    [
        ("detector", 0.004, (10.0, 6.0), True),
        ("detector", 0.006, (10.0, 6.0), False),
        ("detector", 0.004, (10.0, 11.0), False),
        ("classifier", 0.004, (10.0, 6.0), False),
        ("classifier", -0.001, (10.0, 6.0), True),
    ],
)
def test_an_8_bit_version_must_be_faster_and_lose_next_to_nothing(
    kind: str, lost: float, milliseconds: tuple[float, float], expected: bool
) -> None:
    assert is_worth_it(kind, lost, milliseconds) is expected


def test_a_slower_8_bit_version_is_told_and_not_kept(weights: Path, coco_folder: Path, times: list[float]) -> None:
    times[1] = 20.0

    assert not make_int8(order(weights, coco_folder / "train.json"))["accepted"]

    assert [path.name for path in weights.parent.iterdir()] == ["1"]


def test_a_model_without_a_rule_for_its_losses_is_refused(weights: Path, coco_folder: Path) -> None:
    (weights / "model.json").write_text(json.dumps({**CARD, "kind": "fit"}))

    with pytest.raises(WrongModel, match="is a fit model"):
        make_int8(order(weights, coco_folder / "train.json"))


def test_missing_weights_are_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["quantize", str(tmp_path / "none"), str(tmp_path / "out")])

    assert result.exit_code == 1
    assert "no model.json" in str(result.exception)
