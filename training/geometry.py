"""Boxes, windows and overlaps in numpy. Boxes are float32 xyxy in pixels, origin top left, unless said otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def from_xywh(boxes: Floats) -> Floats:
    """COCO's [..., x, y, width, height] -> xyxy."""
    return np.concatenate([boxes[..., :2], boxes[..., :2] + boxes[..., 2:]], axis=-1)


def areas(boxes: Floats) -> Floats:
    """Areas of [..., 4] in square pixels; an inside-out box has none."""
    size = np.clip(boxes[..., 2:] - boxes[..., :2], 0, None)
    return np.asarray(size[..., 0] * size[..., 1], np.float32)


def face_sizes(boxes: Floats) -> Floats:
    """The size of a face in pixels as this project counts it: sqrt(width * height)."""
    return np.asarray(np.sqrt(areas(boxes)), np.float32)


def intersections(first: Floats, second: Floats) -> Floats:
    """Common areas [N, M] of boxes [N, 4] and [M, 4]."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    size = np.clip(high - low, 0, None)
    return np.asarray(size[..., 0] * size[..., 1], np.float32)


def ious(first: Floats, second: Floats) -> Floats:
    """Intersection over union [N, M] of boxes [N, 4] and [M, 4]; 0 where both are empty."""
    common = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None] - common
    return np.asarray(common / np.maximum(union, 1e-9), np.float32)


def covered_shares(boxes: Floats, regions: Floats) -> Floats:
    """Which share [N] of each box lies in the region that covers most of it; 0 without regions."""
    if not len(regions):
        return np.zeros(len(boxes), np.float32)
    share = intersections(boxes, regions).max(axis=1) / np.maximum(areas(boxes), 1e-9)
    return np.asarray(share, np.float32)


def clip(boxes: Floats, width: float, height: float) -> Floats:
    """Cut boxes [N, 4] to a picture of width x height."""
    limits = np.asarray([width, height, width, height], np.float32)
    return np.asarray(np.clip(boxes, 0, limits), np.float32)


def fit_size(width: int, height: int, longer_side: int, *, multiple: int = 32) -> tuple[float, int, int]:
    """Scale, padded width and padded height with which a picture enters the detector at its own aspect ratio.

    The longer side becomes `longer_side`; the padding goes to the right and the bottom, up to a multiple of 32.
    """
    scale = longer_side / max(width, height)
    inside = (max(1, round(width * scale)), max(1, round(height * scale)))
    padded = [-(-side // multiple) * multiple for side in inside]
    return scale, padded[0], padded[1]
