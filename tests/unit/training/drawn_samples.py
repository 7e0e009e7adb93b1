"""Drawn pictures with faces at known places, for the tests of what happens to them."""

from __future__ import annotations

import cv2
import numpy as np

from training.augment.windows import Sample

FACE_GREY = 230


def faces(boxes: list[tuple[int, int, int, int]], *, width: int = 160, height: int = 120, back: int = 20) -> Sample:
    """A dark picture with a bright ellipse for a face in every box; its eyes, nose and mouth at the usual places."""
    image = np.full((height, width, 3), back, np.uint8)
    points = np.zeros((len(boxes), 5, 2), np.float32)
    for face, (x1, y1, x2, y2) in enumerate(boxes):
        centre, half = ((x1 + x2) / 2, (y1 + y2) / 2), ((x2 - x1) / 2, (y2 - y1) / 2)
        rows, columns = np.mgrid[:height, :width] + 0.5
        inside = ((columns - centre[0]) / half[0]) ** 2 + ((rows - centre[1]) / half[1]) ** 2 <= 1
        image[inside] = FACE_GREY
        places = np.asarray([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
        points[face] = np.asarray([x1, y1]) + places * np.asarray([x2 - x1, y2 - y1])
    return Sample(
        image=image,
        boxes=np.asarray(boxes, np.float32).reshape(-1, 4),
        points=points,
        ignored=np.zeros((0, 4), np.float32),
    )


def textured(height: int, width: int) -> np.ndarray:
    """A picture with detail everywhere: soft spots of every colour."""
    spots = np.random.default_rng(7).integers(0, 256, (height // 6 + 2, width // 6 + 2, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def bright_box(image: np.ndarray) -> list[float]:
    """Where the bright pixels lie, with the share of the border pixels that is bright."""
    share = np.clip((image[..., 0].astype(float) - 20) / (FACE_GREY - 20), 0, 1)
    columns, rows = share.max(axis=0), share.max(axis=1)
    x, y = np.flatnonzero(columns > 0.5), np.flatnonzero(rows > 0.5)
    return [float(x[0]), float(y[0]), float(x[-1] + 1), float(y[-1] + 1)]
