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
BLACK = (0, 0, 0)
TEXTS = {Label.NO_MASK: "no mask", Label.MASK_INCORRECT: "worn wrongly", Label.MASK_CORRECT: "mask"}
FONT = cv2.FONT_HERSHEY_SIMPLEX
QUALITY = 92
# A box's line lies outside the face. It is as thick as a part of the picture's longer side, or of a small face's
# shorter side; a landmark is a smaller part of that.
LINES_PER_PICTURE, LINES_PER_FACE, POINTS_PER_FACE = 400, 4, 30
LEAST_FACE = 24  # pixels of the shorter side; in a smaller one landmarks hide what they mark


def draw_faces(picture: Pixels, result: PictureResult) -> Pixels:
    """A copy of an RGB picture [H, W, 3] with a box and a label per face."""
    drawn = picture.copy()
    thickness = max(1, round(max(picture.shape[:2]) / LINES_PER_PICTURE))
    for face in result.faces:
        _draw_box(drawn, face, thickness)
    for face in reversed(result.faces):  # the surest on top
        _draw_label(drawn, face, thickness)
    return drawn


def to_jpeg(picture: Pixels, *, quality: int = QUALITY) -> bytes:
    """An RGB picture as JPEG, with full colour resolution."""
    contiguous = np.ascontiguousarray(picture)
    return bytes(simplejpeg.encode_jpeg(contiguous, quality=quality, colorspace="RGB", colorsubsampling="444"))


def _draw_box(picture: Pixels, face: Face, thickness: int) -> None:
    """The box around the face, outlined in black: it must be seen on its own colour, too."""
    x1, y1, x2, y2 = (round(value) for value in face.box)
    side = min(x2 - x1, y2 - y1)
    line = min(thickness, max(2, side // LINES_PER_FACE))
    edge = (line + 3) // 2  # half of both lines
    for colour, width in ((BLACK, line + 2), (COLOURS[face.label], line)):
        cv2.rectangle(picture, (x1 - edge, y1 - edge), (x2 + edge, y2 + edge), colour, width)
    radius = min(thickness, max(1, side // POINTS_PER_FACE))
    for x, y in face.landmarks if side >= LEAST_FACE else ():
        cv2.circle(picture, (round(x), round(y)), radius + 1, BLACK, -1)
        cv2.circle(picture, (round(x), round(y)), radius, COLOURS[face.label], -1)


def _draw_label(picture: Pixels, face: Face, thickness: int) -> None:
    """What it is and how sure, above the box, or below it where the picture ends."""
    scale = 0.35 + 0.15 * thickness
    share = max(face.probabilities.values(), default=0.0)
    text = f"{TEXTS.get(face.label, 'uncertain')} {share:.0%}"
    most_height, most_width = picture.shape[:2]
    (width, height), _ = cv2.getTextSize(text, FONT, scale, 1)
    if width > most_width:
        scale *= most_width / width
        (width, height), _ = cv2.getTextSize(text, FONT, scale, 1)
    x1, y1, _, y2 = (round(value) for value in face.box)
    tall = round(1.2 * height)  # room for a letter that goes below the line
    gap = thickness + 2  # the box's line and its outline
    left = max(0, min(x1, most_width - width))
    top = y1 - gap - tall if y1 >= gap + tall else min(y2 + gap, most_height - tall)
    cv2.rectangle(picture, (left, top), (left + width, top + tall), COLOURS[face.label], -1)
    cv2.putText(picture, text, (left, top + round(0.95 * height)), FONT, scale, BLACK, 1, cv2.LINE_AA)
