"""Prior boxes of SSD-like detectors (Liu et al., arXiv:1512.02325), and faces told relative to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.finders.found import FoundFaces
from training.geometry import Floats

CENTRE_VARIANCE = 0.1
SIZE_VARIANCE = 0.2


@dataclass(frozen=True, kw_only=True)
class PriorLevel:
    """One feature map: its stride and the sides of the square priors in every cell, in pixels."""

    stride: int
    sides: tuple[int, ...]


def priors(levels: tuple[PriorLevel, ...], width: int, height: int) -> Floats:
    """All priors [P, 3] of a canvas, centre x, centre y, side; level by level, row by row, cell by cell."""
    parts = []
    for level in levels:
        rows, columns = -(-height // level.stride), -(-width // level.stride)
        y, x, side = np.meshgrid(np.arange(rows), np.arange(columns), np.asarray(level.sides), indexing="ij")
        parts.append(np.stack([(x + 0.5) * level.stride, (y + 0.5) * level.stride, side], axis=-1).reshape(-1, 3))
    return np.concatenate(parts).astype(np.float32)


def decode(anchors: Floats, boxes: Floats, scores: Floats, points: Floats, *, min_score: float) -> FoundFaces:
    """Faces, before suppression, of offsets [P, 4], scores [P] and landmarks [P, 10] relative to priors [P, 3]."""
    kept = np.flatnonzero(scores >= min_score)
    centres, sides = anchors[kept, :2], anchors[kept, 2:]
    middle = centres + boxes[kept, :2] * CENTRE_VARIANCE * sides
    half = np.exp(boxes[kept, 2:] * SIZE_VARIANCE) * sides / 2
    landmarks = centres[:, None] + points[kept].reshape(-1, 5, 2) * CENTRE_VARIANCE * sides[:, None]
    return FoundFaces(
        boxes=np.concatenate([middle - half, middle + half], axis=1).astype(np.float32),
        scores=scores[kept].astype(np.float32),
        landmarks=landmarks.astype(np.float32),
    )
