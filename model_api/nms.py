"""Non-maximum suppression: of boxes that cover each other, the best one stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model_api.arrays import Floats

MOST_CANDIDATES = 4000  # the best of them; a crowd of 1,000 faces has about four boxes each above the score


def suppress(boxes: Floats, scores: Floats, *, iou: float) -> NDArray[np.intp]:
    """Indices to keep of xyxy boxes [N, 4], in falling score: greedy, regardless of class."""
    order = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
    boxes = boxes[order]
    sizes = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    areas = sizes[:, 0] * sizes[:, 1]
    alive = np.ones(len(boxes), bool)
    kept = []
    for index in range(len(boxes)):
        if not alive[index]:
            continue
        kept.append(index)
        low = np.maximum(boxes[index, :2], boxes[index + 1 :, :2])
        high = np.minimum(boxes[index, 2:], boxes[index + 1 :, 2:])
        common = np.clip(high - low, 0, None).prod(axis=1)
        union = areas[index] + areas[index + 1 :] - common
        alive[index + 1 :] &= common <= iou * np.maximum(union, 1e-9)
    return order[np.asarray(kept, np.intp)]
