"""Pictures, boxes and points under one 2x3 matrix. Coordinates are of edges: a picture spans 0..width, 0..height."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

HALVING_SCALE = 0.6  # a warp looks at four pixels only: when shrinking by more than this, average first


def window_matrix(*, scale: float, left: float, top: float, degrees: float, width: int, height: int) -> Floats:
    """Scale, take the window whose corner is (left, top) in scaled pixels, turn clockwise around its middle."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = np.asarray([[cosine, -sine], [sine, cosine]])
    middle = np.asarray([width / 2, height / 2])
    shift = middle - turn @ (middle + np.asarray([left, top]))
    return np.column_stack([turn * scale, shift]).astype(np.float32)


def warp(image: Pixels, matrix: Floats, width: int, height: int, *, fill: int) -> Pixels:
    """The picture under the matrix, in a window of width x height; outside of it stands the grey `fill`."""
    scale = math.hypot(float(matrix[0, 0]), float(matrix[1, 0]))
    if scale < HALVING_SCALE and min(image.shape[:2]) > 1:
        half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        ratio = np.asarray([image.shape[1] / half.shape[1], image.shape[0] / half.shape[0], 1], np.float32)
        return warp(np.asarray(half, np.uint8), matrix * ratio, width, height, fill=fill)
    centred = matrix.copy()  # OpenCV counts from the middle of the first pixel
    centred[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
    border = (fill, fill, fill)
    warped = cv2.warpAffine(image, centred, (width, height), flags=cv2.INTER_LINEAR, borderValue=border)
    return np.asarray(warped, np.uint8)


def move_points(points: Floats, matrix: Floats) -> Floats:
    """Points [..., 2] under the matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)


def move_faces(boxes: Floats, matrix: Floats) -> Floats:
    """Boxes [N, 4] of faces: each is the box around the ellipse that filled it, for a face has no corners.

    The hull of the turned corners would be more than a fifth wider at 12 degrees than what an annotator draws.
    """
    return _around(boxes, matrix, np.sqrt(_half_sizes(boxes) ** 2 @ (matrix[:, :2].T ** 2)))


def move_regions(boxes: Floats, matrix: Floats) -> Floats:
    """Boxes [N, 4] of regions: each is the hull of its turned corners, for nothing of it may be left out."""
    return _around(boxes, matrix, _half_sizes(boxes) @ np.abs(matrix[:, :2].T))


def _half_sizes(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]) / 2, np.float32)


def _around(boxes: Floats, matrix: Floats, half: Floats) -> Floats:
    middle = move_points(np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2, np.float32), matrix)
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
