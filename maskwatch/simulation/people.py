"""A whole person: the head with or without a mask, on drawn shoulders and clothes."""

from __future__ import annotations

from functools import cache, lru_cache

import cv2
import numpy as np

from maskwatch.simulation.curves import Pixels, area, blend, smooth, soften, stroke
from maskwatch.simulation.masks import put_on
from maskwatch.simulation.portrait import DETAIL, FACE_CENTER, varied_head
from maskwatch.simulation.timeline import Look

SIZE = (420, 560)  # width and height of a person at scale 1, down to where the counter hides the rest
HEAD_AT = (110, 0)
CENTER = (HEAD_AT[0] + FACE_CENTER[0], HEAD_AT[1] + FACE_CENTER[1])  # of the face's box
SCALE_STEP = 48  # scales are rounded to 1/48 so that drawn people can be kept

TORSO = (
    (172, 186), (158, 196), (118, 212), (86, 228), (70, 262), (62, 330), (56, 430), (54, 600),
    (352, 600), (350, 430), (344, 330), (336, 262), (320, 228), (288, 212), (248, 196), (234, 186),
)  # fmt: skip
NECK = ((173, 150), (233, 150), (233, 186), (228, 204), (203, 212), (178, 204), (173, 186))
COLLAR = ((171, 184), (176, 196), (188, 208), (203, 213), (218, 208), (230, 196), (235, 184), (203, 168))
NECK_COLOUR = (128, 150, 190)  # BGR of shaded skin in the portrait


@lru_cache(maxsize=24)
def person(look: Look, steps: int) -> tuple[Pixels, Pixels]:
    """The person at scale `steps` / SCALE_STEP: BGR times weights, and 255 * (1 - weights); uint8, 3 channels each."""
    picture, weights = _drawn(look)
    size = (round(SIZE[0] * steps / SCALE_STEP), round(SIZE[1] * steps / SCALE_STEP))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)[..., None]
    behind = np.repeat(np.round(255 * (1 - alpha)), 3, axis=2)
    return np.round(small.clip(0, 255) * alpha).astype(np.uint8), behind.astype(np.uint8)


@cache
def _drawn(look: Look) -> tuple[Pixels, Pixels]:
    """The person enlarged DETAIL times: float32 BGR and weights 0..1."""
    picture, weights = (cv2.resize(part, None, fx=DETAIL, fy=DETAIL) for part in _body(look))
    head, inside = varied_head(look)
    head, inside = head.copy(), inside.copy()
    put_on(head, inside, look)
    left, top = HEAD_AT[0] * DETAIL, HEAD_AT[1] * DETAIL
    window = np.s_[top : top + head.shape[0], left : left + head.shape[1]]
    blend(picture[window], head, inside)
    weights[window] = np.maximum(weights[window], inside)
    if look.is_mirrored:
        # About the face's centre, which is not quite the middle: shift so that it stays where it was.
        shift = round((2 * CENTER[0] - SIZE[0]) * DETAIL)
        picture, weights = (np.roll(part[:, ::-1], shift, axis=1) for part in (picture, weights))
    return np.ascontiguousarray(picture), np.ascontiguousarray(weights)


def _body(look: Look) -> tuple[Pixels, Pixels]:
    """Neck and clothes with their shading at scale 1, and the weights of what was drawn."""
    shape = (SIZE[1], SIZE[0])
    picture = np.zeros((*shape, 3), np.float32)
    neck = area(shape, smooth(NECK, is_closed=True), blur=0.8)
    torso = area(shape, smooth(TORSO, is_closed=True), blur=0.5)
    collar = area(shape, smooth(COLLAR, is_closed=True), blur=0.8)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    skin = np.multiply(NECK_COLOUR, look.skin) * (0.55 + 0.30 * np.clip((y - 168) / 30, 0, 1))[..., None]
    blend(picture, skin, neck)
    cloth = np.asarray(look.clothes, np.float32) * _cloth_light(x, y)[..., None]
    blend(picture, cloth, torso * (1 - collar))
    seam = stroke(shape, smooth(COLLAR[:7], is_closed=False), width=2, blur=1.0)
    blend(picture, np.multiply(look.clothes, 0.45), 0.8 * seam)
    return picture, np.maximum(neck, torso)


def _cloth_light(x: Pixels, y: Pixels) -> Pixels:
    across = (x - 203) / 150
    light: Pixels = 1.12 - 0.42 * across**2 - 0.08 * across - 0.22 * np.clip((y - 200) / 360, 0, 1)
    light -= 0.30 * np.exp(-(((y - 196) / 14) ** 2)) * np.exp(-((across / 0.45) ** 2))  # the head's shadow
    for side in (-1, 1):
        arm = 203 + side * (97 + 0.03 * (y - 260))
        light -= 0.34 * np.exp(-(((x - arm) / 4.5) ** 2)) * np.clip((y - 275) / 60, 0, 1)  # between arm and body
    light -= 0.20 * np.exp(-(((x - 203) / 1.4) ** 2)) * (y > 214)  # the zip
    random = np.random.default_rng(11)
    creases = soften(cv2.resize(random.normal(0, 1, (40, 24)).astype(np.float32), x.shape[::-1]), 3.0)
    weave = soften(random.normal(0, 1, x.shape).astype(np.float32), 0.7)
    light += 0.07 * creases + 0.04 * weave / weave.std()
    return light.clip(0.08, None)
