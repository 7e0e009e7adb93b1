"""A run of the U-Net: it learns what is drawn, leaves a checkpoint, and goes on from it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from training.dataset.crop_bank import SIDE
from training.errors import DataMissing
from training.fit import train
from training.fit.sample import Square, bare, exact
from training.fit.train import UNetRun, open_sources, train_unet
from training.fitting.run_folder import read_checkpoint
from training.fitting.trainer import FitConfig


def shield(random: np.random.Generator) -> Square:
    """A white disc on dark grey: what is bright is the mask."""
    image, cover = np.full((SIDE, SIDE, 3), 40, np.uint8), np.zeros((SIDE, SIDE), np.float32)
    centre = (int(random.integers(70, 106)), int(random.integers(80, 116)))
    cv2.circle(image, centre, 30, (250, 250, 250), -1)
    cv2.circle(cover, centre, 30, (1.0,), -1)
    return exact(image, cover)


def nothing(_: np.random.Generator) -> Square:
    return bare(np.full((SIDE, SIDE, 3), 40, np.uint8))


def run(folder: Path, minutes: float) -> UNetRun:
    fit = FitConfig(minutes=minutes, peak_rate=train.PEAK_RATE, average_decay=train.AVERAGE_DECAY)
    return UNetRun(data=folder, cache=folder, folder=folder / "run", fit=fit)


def test_a_run_leaves_a_checkpoint_and_a_longer_one_goes_on_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "open_sources", lambda _data, _cache: [(0.7, shield), (0.3, nothing)])
    monkeypatch.setattr(train, "BATCH", 4)
    train_unet(run(tmp_path, 0.02))
    first = read_checkpoint(tmp_path / "run" / "last.pt")
    # However long the first run's last step took on a busy machine, there is time left for another.
    train_unet(run(tmp_path, first["seconds"] / 60 + 0.01))
    second = read_checkpoint(tmp_path / "run" / "last.pt")
    assert second["steps"] > first["steps"] > 0
    assert second["shape"] == {"network": "unet"}
    assert not torch.equal(first["network"]["head.weight"], second["network"]["head.weight"])


def test_without_the_data_a_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="points"):
        open_sources(tmp_path, tmp_path)
