"""The straps between a mask's corners and the ears: a mask under the chin is known by them, too."""

from __future__ import annotations

import cv2
import numpy as np

from training.augment.outline import Outline
from training.augment.region import Window
from training.geometry import Floats

STRAPPED_SHARE = 0.6  # hair, hats and low resolution hide them
WIDTH = (0.012, 0.035)  # of the distance from eyes to mouth
THINNEST_PX = 0.3  # of a strap; a thinner one is not seen
COLOURS = ((242, 242, 240), (242, 242, 240), (28, 28, 30), (150, 195, 225))


def strap(layer: Floats, corners: Floats, outline: Outline, window: Window, random: np.random.Generator) -> Floats:
    """Draw straps beneath a layer [h, w, 4], RGB times alpha and alpha; the corners [4, 2] are a, c, d, f in pixels.

    Gives back a new layer; now and then the same one.
    """
    width = float(random.uniform(*WIDTH)) * outline.frame.unit
    if width < THINNEST_PX or random.random() >= STRAPPED_SHARE:
        return layer
    drawn = np.zeros(layer.shape[:2], np.uint8)
    for end, ear in zip(window.inside(corners), window.inside(_ears(outline))[[0, 1, 0, 1]], strict=True):
        line = np.asarray([_bow(end, ear) * 16], np.int32)
        cv2.polylines(drawn, list(line), False, (255,), max(1, round(width)), cv2.LINE_AA, shift=4)
    cover = drawn[..., None].astype(np.float32) / 255 * min(1.0, width) * (1 - layer[..., 3:])
    colour = np.asarray([*COLOURS[int(random.integers(len(COLOURS)))], 1], np.float32)
    return np.asarray(layer + colour * cover, np.float32)


def _ears(outline: Outline) -> Floats:
    """Where straps end, [2, 2] in pixels: a little outside the face's edge, a little above the cheeks."""
    outward = 0.06 * (outline.cheek[1] - outline.cheek[0])
    ears = outline.cheek + np.stack([-outward, outward]) - np.asarray([0, 0.1], np.float32)
    return outline.frame.to_picture(ears)


def _bow(end: Floats, ear: Floats) -> Floats:
    """A line [5, 2] that bends a little: it lies on a round cheek."""
    along = np.linspace(0, 1, 5, dtype=np.float32)[:, None]
    side = np.asarray([ear[1] - end[1], end[0] - ear[0]], np.float32) * np.sign(ear[1] - end[1] + 1e-6)
    outward = -0.06 * side * np.sign(side[0] * (ear[0] - end[0]) + 1e-6)
    return np.asarray(end + (ear - end) * along + outward * np.sin(np.pi * along), np.float32)
