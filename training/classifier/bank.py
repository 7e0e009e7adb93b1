"""The crops a classifier may learn from."""

from __future__ import annotations

from pathlib import Path

from training.dataset.cases import held_out_crops
from training.dataset.crop_bank import CropBank, open_bank
from training.dataset.relabelled import load_relabelled


def open_training_bank(data: Path, cache: Path) -> CropBank:
    """The bank of this data folder without the hard cases kept for judging, and with wrong labels put right."""
    return open_bank(data, cache, held_out=held_out_crops(), relabelled=load_relabelled())
