"""Smooth outlines through a few points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]


def smooth(points: Sequence[tuple[float, float]], *, is_closed: bool, steps: int = 12) -> Pixels:
    """A Catmull-Rom spline through the points, shape (n, 2), float32."""
    ring = list(points)
    ring = [ring[-1], *ring, *ring[:2]] if is_closed else [ring[0], *ring, ring[-1]]
    p = np.asarray(ring, np.float32)
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    segments = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    if not is_closed:
        segments.append(p[-1:])
    return np.concatenate(segments)


def area(shape: tuple[int, int], outline: Pixels, *, blur: float) -> Pixels:
    """The inside of the outline as weights 0..1 with a soft edge; `shape` is (height, width)."""
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(outline * 16).astype(np.int32)], (255,), cv2.LINE_AA, shift=4)
    return soften(canvas.astype(np.float32) / 255, blur)


def stroke(shape: tuple[int, int], line: Pixels, *, width: int, blur: float) -> Pixels:
    """The line as weights 0..1."""
    canvas = np.zeros(shape, np.uint8)
    cv2.polylines(canvas, [np.round(line * 16).astype(np.int32)], False, (255,), width, cv2.LINE_AA, shift=4)
    return soften(canvas.astype(np.float32) / 255, blur)


def soften(weights: Pixels, sigma: float) -> Pixels:
    """Gaussian blur; 0 leaves it as it is."""
    return cv2.GaussianBlur(weights, (0, 0), sigma) if sigma else weights


def blend(picture: Pixels, colour: Any, weights: Pixels) -> None:
    """Lay a colour (or a picture) over float32 `picture` by the weights, in place."""
    picture += (np.asarray(colour, np.float32) - picture) * weights[..., None]
