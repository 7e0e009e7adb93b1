"""Hang a plain cloth over the lower face, as scarves, bandanas, collars and veils do.

For the detector only: a face under a cloth is still a face. It is no mask and teaches no class.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.augment.outline import Outline, trace
from training.augment.recolour import DYES, PATTERNED_SHARE, blotches, patterned
from training.augment.region import Window, lay_over, window_around
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

MARGIN = 0.08  # of the cloth's extent
FOLD_DEPTH = (0.05, 0.25)  # how much darker and lighter folds make a cloth
EDGE_POINTS = 9  # of the upper and of the lower edge; they are what is ragged
RAGGED = 0.035  # deviation of an edge's points, in distances from eyes to mouth
SUBPIXEL_BITS = 4  # of cv2.fillPoly


def drape(image: Pixels, points: Floats, random: np.random.Generator) -> None:
    """Cover the lower face of these points, 68 (iBUG) or five in pixels, in place; the image is [H, W, 3]."""
    outline = trace(points)
    edge = outline.frame.to_picture(_edge(outline, random))
    window = window_around(edge, image.shape, margin=MARGIN)
    if not window.is_empty:
        alpha = _filled(window.inside(edge), window)
        cloth = _cloth(window.height, window.width, random)
        lay_over(image, np.concatenate([cloth * alpha, alpha], axis=2), window, outline, random)


def _edge(face: Outline, random: np.random.Generator) -> Floats:
    """The cloth's edge [2 * EDGE_POINTS, 2] in the face's frame: above, left to right, then below, right to left."""
    across = np.linspace(-1, 1, EDGE_POINTS)
    middle = (face.cheek[0] + face.cheek[1]) / 2
    half = (face.cheek[1] - face.cheek[0]) / 2 * random.uniform(0.95, 1.15)
    top = _height(face, random.uniform(0.0, 1.15)) + random.uniform(-0.1, 0.25) * across**2  # level, or up to the ears
    above = np.stack([middle[0] + half[0] * across, top + half[1] * across], axis=1)
    bottom = float(face.chin[1]) + random.uniform(0.05, 0.6)
    narrow = random.uniform(0.4, 1.0)  # a bandana ends in a corner, a scarf does not
    below = np.stack([face.chin[0] + half[0] * across * narrow, bottom - random.uniform(0, 0.5) * across**2], axis=1)
    edge = np.concatenate([above, below[::-1]]) + random.normal(0, RAGGED, (2 * EDGE_POINTS, 2))
    return np.asarray(edge, np.float32)


def _height(face: Outline, share: float) -> float:
    """0 on the nose bridge, 1 where the nose ends, in the face's frame."""
    return float(face.bridge[1] + share * (face.nose_base[1] - face.bridge[1]))


def _filled(edge: Floats, window: Window) -> Floats:
    mask = np.zeros((window.height, window.width), np.uint8)
    corners = np.asarray((edge * 2**SUBPIXEL_BITS).round(), np.int32)
    cv2.fillPoly(mask, [corners], (255,), cv2.LINE_AA, SUBPIXEL_BITS)
    return np.asarray(mask[..., None] / np.float32(255), np.float32)


def _cloth(height: int, width: int, random: np.random.Generator) -> Floats:
    """RGB [height, width, 3] 0..255 with folds, now and then with a pattern."""
    colour = np.asarray(DYES[int(random.integers(len(DYES)))]) * np.exp(random.normal(0, 0.2, 3))
    cloth = np.broadcast_to(np.clip(colour, 8, 250).astype(np.float32), (height, width, 3))
    if random.random() < PATTERNED_SHARE:
        cloth = patterned(cloth, random)
    folds = blotches(height, width, random, cells=int(random.integers(3, 9)))
    return np.asarray(np.clip(cloth * (1 + random.uniform(*FOLD_DEPTH) * folds[..., None]), 0, 255), np.float32)
