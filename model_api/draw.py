"""A picture with its faces drawn on."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg

from common.domain.prediction import Face, Label, PictureResult
from model_api.arrays import Pixels

COLOURS = {  # RGB; told apart with colour-blind eyes too, by the palette of Okabe and Ito (2008)
    Label.NO_MASK: (213, 94, 0),
    Label.MASK_INCORRECT: (240, 228, 66),
    Label.MASK_CORRECT: (0, 158, 115),
    Label.UNCERTAIN: (86, 180, 233),
}
TEXTS = {Label.NO_MASK: "no mask", Label.MASK_INCORRECT: "worn wrongly", Label.MASK_CORRECT: "mask"}
QUALITY = 92


def draw_faces(picture: Pixels, result: PictureResult) -> Pixels:
    """A copy of an RGB picture [H, W, 3] with a box and a label per face."""
    drawn = picture.copy()
    thickness = max(1, round(max(picture.shape[:2]) / 400))
    for face in reversed(result.faces):  # the surest on top
        _draw(drawn, face, thickness)
    return drawn


def to_jpeg(picture: Pixels, *, quality: int = QUALITY) -> bytes:
    """An RGB picture as JPEG, with full colour resolution."""
    contiguous = np.ascontiguousarray(picture)
    return bytes(simplejpeg.encode_jpeg(contiguous, quality=quality, colorspace="RGB", colorsubsampling="444"))


def _draw(picture: Pixels, face: Face, thickness: int) -> None:
    colour = COLOURS[face.label]
    x1, y1, x2, y2 = (round(value) for value in face.box)
    cv2.rectangle(picture, (x1, y1), (x2, y2), colour, thickness)
    for x, y in face.landmarks:
        cv2.circle(picture, (round(x), round(y)), thickness, colour, -1)
    share = max(face.probabilities.values(), default=0.0)
    text = f"{TEXTS.get(face.label, 'uncertain')} {share:.0%}"
    scale = 0.35 + 0.15 * thickness
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    left, bottom = max(0, min(x1, picture.shape[1] - width)), max(height + base, y1)
    cv2.rectangle(picture, (left, bottom - height - base), (left + width, bottom), colour, -1)
    cv2.putText(picture, text, (left, bottom - base // 2), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
