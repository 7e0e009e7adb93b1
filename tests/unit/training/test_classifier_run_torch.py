"""A whole run of the classifier, from the command to its folder, on a bank of a few drawn squares."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("av", reason="needs PyAV (pip install 'maskwatch[grabber]')")

from training.classifier import train
from training.cli import app
from training.dataset.crop_bank import SIDE, CropBank
from training.errors import InvalidOption
from training.fitting.run_folder import read_checkpoint


def drawn_bank() -> CropBank:
    return CropBank(
        images=np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE, 3)).astype(np.uint8),
        labels=np.arange(3),
        sources=np.asarray(["drawn"] * 3),
        synthetic=np.zeros(3, bool),
    )


def test_a_run_leaves_curves_figures_and_a_checkpoint_that_knows_its_size(
    coco_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "open_training_bank", lambda *_: drawn_bank())
    monkeypatch.setattr(train, "load_imagenet", lambda *_: None)
    monkeypatch.setattr(train, "BATCH", 2)
    shutil.copy(coco_folder / "train.json", coco_folder / "val.json")
    run = tmp_path / "run"
    order = ["train", "classifier", "--data", str(coco_folder.parent), "--run", str(run), "--size", "32"]
    done = CliRunner().invoke(app, [*order, "--minutes", "0.1", "--threads", "1", "--workers", "0"])
    assert done.exit_code == 0, done.output
    told = json.loads((run / "metrics.json").read_text())
    assert told["steps"] > 0
    assert set(told["best"]) == {"total", "accuracy"}
    assert told["originals"]["all"]["accuracy"]["of"] == told["degraded"]["all"]["accuracy"]["of"] == 1
    assert read_checkpoint(run / "last.pt")["shape"]["size"] == 32
    resumed = CliRunner().invoke(app, [*order[:-1], "64"])
    assert isinstance(resumed.exception, InvalidOption), "its card would tell the first size only"
    assert "32 px, not of 64" in str(resumed.exception)
