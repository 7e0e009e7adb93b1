"""What all finders do to a picture before the network and to boxes after it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.finders.found import FoundFaces
from training.geometry import Floats, fit_size


def fit(image: Pixels, longer_side: int, *, fill: tuple[float, float, float] = (0, 0, 0)) -> tuple[Floats, float]:
    """Scale a picture to the longer side at its own aspect ratio; give the canvas and the scale.

    The canvas is float32 [H, W, 3] in the picture's colour order, 0..255, padded right and bottom with `fill` to
    multiples of 32. Pixels are interpolated linearly, as all the finders' authors do.
    """
    height, width = image.shape[:2]
    scale, padded_width, padded_height = fit_size(width, height, longer_side)
    canvas = np.empty((padded_height, padded_width, 3), np.float32)
    canvas[:] = fill
    small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas, scale


def suppress(faces: FoundFaces, max_iou: float) -> FoundFaces:
    """Greedy non-maximum suppression; what survives comes in falling score."""
    xywh = np.concatenate([faces.boxes[:, :2], faces.boxes[:, 2:] - faces.boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(xywh.tolist(), faces.scores.tolist(), 0.0, max_iou)
    return choose(faces, np.asarray(kept, np.int64).reshape(-1))


def choose(faces: FoundFaces, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> FoundFaces:
    """The faces at these positions, in this order."""
    return FoundFaces(boxes=faces.boxes[rows], scores=faces.scores[rows], landmarks=faces.landmarks[rows])


def unscale(faces: FoundFaces, scale: float) -> FoundFaces:
    """Bring faces found on a canvas back to the pixels of the picture it was scaled from."""
    ratio = np.float32(1 / scale)
    return FoundFaces(boxes=faces.boxes * ratio, scores=faces.scores, landmarks=faces.landmarks * ratio)


def join(parts: Sequence[FoundFaces]) -> FoundFaces:
    """The faces of several looks at one picture, end to end; at least one look."""
    return FoundFaces(
        boxes=np.concatenate([part.boxes for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        landmarks=np.concatenate([part.landmarks for part in parts]),
    )
