"""Surgical masks drawn on the portrait's head: shape, folds, loops, shading and the shadow they cast."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.domain.prediction import Label
from maskwatch.simulation.curves import Pixels, area, blend, smooth, soften, stroke
from maskwatch.simulation.portrait import DETAIL
from maskwatch.simulation.timeline import Look

COLOURS = {"blue": (214, 186, 140), "white": (226, 227, 224), "black": (46, 43, 42)}  # BGR

# Outlines in pixels of the head's cut: from the left cheek over the nose to the right, and back below the chin.
WORN = ((50, 121), (66, 119), (82, 113), (93, 109), (104, 113.5), (121, 121), (140, 126))
UNDER_NOSE = ((53, 139), (66, 137.5), (80, 136), (93, 135.5), (106, 136.5), (121, 139), (137, 143))
LOWER = ((138, 146), (131, 166), (115, 183), (93, 189), (72, 184), (58, 169), (51, 147))
EARS = (
    (44.0, 122.0),
    (45.0, 131.0),
    (146.0, 126.0),
    (144.0, 136.0),
)  # left upper, left lower, right upper, right lower


def put_on(picture: Pixels, weights: Pixels, look: Look) -> None:
    """Draw the person's mask on the enlarged head, in place; nothing for a bare face."""
    if not look.mask:
        return
    upper = UNDER_NOSE if look.label is Label.MASK_INCORRECT else WORN
    outline = smooth(_enlarged((*upper, *LOWER)), is_closed=True)
    shape = picture.shape[:2]
    inside = area(shape, outline, blur=0.35 * DETAIL)
    shadow = np.roll(soften(inside, 2.2 * DETAIL), DETAIL, axis=0) * weights
    picture *= (1 - 0.38 * shadow * (1 - inside))[..., None]
    _loops(picture, upper, look)
    fabric = _fabric(shape, upper, COLOURS[look.mask])
    blend(picture, fabric, inside)
    np.maximum(weights, inside, out=weights)


def _enlarged(points: Any) -> list[tuple[float, float]]:
    return [(x * DETAIL, y * DETAIL) for x, y in points]


def _loops(picture: Pixels, upper: Any, look: Look) -> None:
    colour = (70, 70, 72) if look.mask == "black" else (228, 228, 226)
    corners = (upper[0], LOWER[-1], upper[-1], LOWER[0])
    for corner, ear in zip(corners, EARS, strict=True):
        middle = ((corner[0] + ear[0]) / 2, (corner[1] + ear[1]) / 2 + 0.8)
        line = smooth(_enlarged((corner, middle, ear)), is_closed=False)
        blend(
            picture, np.multiply(colour, 0.45), 0.5 * stroke(picture.shape[:2], line + (0, DETAIL), width=3, blur=1.4)
        )
        blend(picture, colour, 0.9 * stroke(picture.shape[:2], line, width=2, blur=0.5))


def _fabric(shape: tuple[int, int], upper: Any, colour: tuple[int, int, int]) -> Pixels:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / DETAIL
    across = (x - 94) / 45  # -1..1 over the face
    light = 1.04 - 0.30 * across**2 - 0.10 * across
    light += 0.10 * np.exp(-((across / 0.22) ** 2)) * np.exp(-(((y - 124) / 16) ** 2))  # over the nose
    light -= 0.26 * np.clip((y - 160) / 24, 0, 1) ** 1.5  # it turns away below the chin
    for start in (128, 141, 154):
        light += _fold(x, y, across, start)
    light += _edge(x, y, upper)
    random = np.random.default_rng(7)
    weave = soften(random.normal(0, 1, shape).astype(np.float32), 0.6 * DETAIL)
    crumple = soften(random.normal(0, 1, shape).astype(np.float32), 5.0 * DETAIL)
    light += 0.035 * weave / weave.std() + 0.03 * crumple / crumple.std()
    coloured: Pixels = np.asarray(colour, np.float32) * light[..., None]
    return coloured


def _fold(x: Pixels, y: Pixels, across: Pixels, start: float) -> Pixels:
    distance = y - (start + 7 * (1 - across**2))  # folds hang down in the middle
    return -0.20 * np.exp(-((distance / 1.0) ** 2)) + 0.08 * np.exp(-(((distance - 2.2) / 1.4) ** 2))


def _edge(x: Pixels, y: Pixels, upper: Any) -> Pixels:
    line = smooth(upper, is_closed=False)
    top = np.interp(x, line[:, 0], line[:, 1])
    return 0.10 * np.exp(-(((y - top - 1.6) / 1.3) ** 2)) - 0.13 * np.exp(-(((y - top - 4.2) / 0.9) ** 2))
