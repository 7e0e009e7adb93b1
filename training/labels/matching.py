"""Which agreed face is which labelled one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.geometry import Floats, areas, intersections, ious
from training.labels.agreement import AgreedFaces

MATCH_IOU = 0.5
LOOSE_IOU = 0.3  # enough when the landmarks lie in the labelled box: some labels run tight, from the eyes to the chin
NOBODY = -1


def match(boxes: Floats, agreed: AgreedFaces) -> NDArray[np.int64]:
    """For each labelled box [N] the position of its agreed face, or NOBODY; no face is given twice."""
    matched = np.full(len(boxes), NOBODY, np.int64)
    if not len(boxes) or not len(agreed.boxes):
        return matched
    overlaps = ious(boxes, agreed.boxes)
    loose = (overlaps >= LOOSE_IOU) & (_landmarks_inside(boxes, agreed.landmarks) >= 0.8)
    overlaps = np.where((overlaps >= MATCH_IOU) | loose, overlaps, 0)
    while overlaps.max() > 0:
        label, face = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
        matched[label] = face
        overlaps[label], overlaps[:, face] = 0, 0
    return matched


def _landmarks_inside(boxes: Floats, landmarks: Floats) -> Floats:
    """The share [N, G] of the five landmarks [G, 5, 2] that lie in each box [N, 4]; unknown ones lie nowhere."""
    x, y = landmarks[None, :, :, 0], landmarks[None, :, :, 1]
    low, high = boxes[:, None, None, :2], boxes[:, None, None, 2:]
    inside = (x >= low[..., 0]) & (x <= high[..., 0]) & (y >= low[..., 1]) & (y <= high[..., 1])
    return np.asarray(inside.mean(axis=2), np.float32)


def touching(boxes: Floats, others: Floats, share: float) -> NDArray[np.bool_]:
    """Which boxes [N] share this much of the smaller area with one of the others, and so are that face or a part."""
    if not len(others):
        return np.zeros(len(boxes), bool)
    smaller = np.minimum(areas(boxes)[:, None], areas(others)[None])
    return np.asarray((intersections(boxes, others) / np.maximum(smaller, 1e-9)).max(axis=1) >= share)
