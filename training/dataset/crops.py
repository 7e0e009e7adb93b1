"""Square crops around faces. Pictures are uint8 [H, W, 3], RGB; boxes xyxy in pixels."""

from __future__ import annotations

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

CROP_SCALE = 1.2  # the square's side against the longer side of the face box: forehead and chin are in
CROP_PADDING = "replicate"  # what lies outside the picture repeats its border


def square_around(box: Floats, scale: float) -> tuple[int, int, int]:
    """Left, top and side, in whole pixels, of the square with `scale` times the box's longer side."""
    side = max(1, round(float(max(box[2] - box[0], box[3] - box[1])) * scale))
    left = round(float(box[0] + box[2] - side) / 2)
    top = round(float(box[1] + box[3] - side) / 2)
    return left, top, side


def cut_square(image: Pixels, box: Floats, *, scale: float, size: int) -> Pixels:
    """Cut the square around a box and resize it to size x size: by area when shrinking, else bilinear."""
    left, top, side = square_around(box, scale)
    rows = np.clip(np.arange(top, top + side), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, image.shape[1] - 1)
    inside = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if inside.shape[:2] != (side, side):
        inside = image[rows[:, None], columns]
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inside, (size, size), interpolation=method), np.uint8)
