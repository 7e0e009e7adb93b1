"""The head that all people of the scene share: cut out of the public-domain NASA portrait in scikit-image."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import cv2
import numpy as np

from common.errors import NotFound
from maskwatch.simulation.curves import Pixels, soften
from maskwatch.simulation.timeline import Look

LEFT, TOP, RIGHT, BOTTOM = 130, 0, 330, 196  # the head in the portrait
FACE_CENTER = (93.0, 120.0)  # of the face's box inside that cut
DETAIL = 2  # drawn twice as large, then shrunk: edges come out smooth


@cache
def head() -> tuple[Pixels, Pixels, Pixels]:
    """The head enlarged DETAIL times: float32 BGR, its weights 0..1, and the weights of its skin."""
    portrait = _read()[TOP:BOTTOM, LEFT:RIGHT]
    inside = _cut(portrait)
    size = (portrait.shape[1] * DETAIL, portrait.shape[0] * DETAIL)
    picture = cv2.resize(portrait, size, interpolation=cv2.INTER_LANCZOS4).astype(np.float32)
    weights = soften(cv2.resize(inside, size, interpolation=cv2.INTER_CUBIC).clip(0, 1), 1.2 * DETAIL)
    # The blurred edge still holds backdrop of the portrait: keep what lies safely inside.
    return picture, ((weights - 0.5) * 2).clip(0, 1), soften(_skin(size), 2.0 * DETAIL)


def varied_head(look: Look) -> tuple[Pixels, Pixels]:
    """The head with that person's hair and skin, and its weights."""
    picture, weights, skin = head()
    gain = (
        np.asarray(look.hair, np.float32) * (1 - skin[..., None]) + np.asarray(look.skin, np.float32) * skin[..., None]
    )
    return picture * gain, weights


def _read() -> Pixels:
    file = files("skimage") / "data" / "astronaut.png"
    picture: Pixels | None = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise NotFound("scikit-image ships no astronaut.png: the simulated scene has no face to draw")
    return picture


def _cut(portrait: Pixels) -> Pixels:
    """Weights of head and hair by GrabCut (Rother et al. 2004), begun from ellipses that fit this portrait."""
    marks = np.full(portrait.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.ellipse(marks, (97, 82), (82, 76), 0, 0, 360, (cv2.GC_PR_BGD,), -1)
    cv2.ellipse(marks, (97, 76), (70, 60), 0, 0, 360, (cv2.GC_PR_FGD,), -1)
    cv2.ellipse(marks, (92, 125), (52, 66), 0, 0, 360, (cv2.GC_PR_FGD,), -1)
    cv2.ellipse(marks, (92, 112), (40, 62), 0, 0, 360, (cv2.GC_FGD,), -1)
    cv2.setRNGSeed(1)
    whole = (0, 0, portrait.shape[1], portrait.shape[0])  # not looked at: the marks say it better
    cv2.grabCut(portrait, marks, whole, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    return np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)


def _skin(size: tuple[int, int]) -> Pixels:
    weights = np.zeros((size[1], size[0]), np.float32)
    cv2.ellipse(weights, (94 * DETAIL, 134 * DETAIL), (45 * DETAIL, 58 * DETAIL), 0, 0, 360, (1.0,), -1)
    weights[: 80 * DETAIL] = 0
    return weights
