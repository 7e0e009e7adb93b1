"""In which states the pictures are judged: as they are, and as a cheap camera would deliver them."""

from __future__ import annotations

from training.augment.cctv_copy import cctv_copy
from training.dataset.pixel_cache import Pixels
from training.evaluation.seen import Change

ORIGINAL, DEGRADED = "original", "degraded"
SEED = 7  # of the degraded copies; another one gives other pictures, and figures that cannot be compared


def conditions(*, degraded: bool) -> dict[str, Change | None]:
    """What is done to the pictures, by the name of the condition."""
    return {ORIGINAL: None, DEGRADED: degrade} if degraded else {ORIGINAL: None}


def degrade(image: Pixels) -> Pixels:
    """The degraded copy of a whole uint8 RGB picture that every figure of a degraded copy is measured on."""
    return cctv_copy(image, seed=SEED)
