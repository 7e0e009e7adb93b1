"""The picture of a message: the faces concerned marked, the place and the time below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg

from analyzer.notify.lettering import Colour, Pixels, width_of, write
from common.domain.prediction import Box
from common.errors import UnreadableImage
from common.imaging import blur

MARK: Colour = (213, 94, 0)  # vermillion of Okabe and Ito (2008): seen with any colour vision
LONGEST_SIDE = 1280  # messengers show no more, and some refuse larger files
QUALITY = 85


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Which picture, and what of it."""

    image_key: str
    concerned: Sequence[Box]  # faces, in pixels of the picture
    blurred: Sequence[Box]
    caption: str


def mark(jpeg: bytes, shown: Shown) -> bytes:
    """The picture as JPEG, at most 1280 px wide or high. Raises UnreadableImage."""
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(jpeg, colorspace="RGB")
    except ValueError as exc:
        raise UnreadableImage("the stored picture cannot be read") from exc
    blur(pixels, shown.blurred)
    scale = min(1.0, LONGEST_SIDE / max(pixels.shape[:2]))
    if scale < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    for box in shown.concerned:
        _frame(pixels, box, scale)
    captioned = np.vstack([pixels, _bar(pixels.shape[1], shown.caption)])
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(captioned), quality=QUALITY, colorspace="RGB"))


def _frame(pixels: Pixels, box: Box, scale: float) -> None:
    """A frame outside of the face, outlined in black: it must be seen on its own colour, too."""
    line = max(2, round(max(pixels.shape[:2]) / 400))
    x1, y1, x2, y2 = (round(value * scale) for value in box)
    edge = (line + 3) // 2
    for colour, width in (((0, 0, 0), line + 2), (MARK, line)):
        cv2.rectangle(pixels, (x1 - edge, y1 - edge), (x2 + edge, y2 + edge), colour, width)


def _bar(width: int, caption: str) -> Pixels:
    """A black one below the picture, with the caption as large as fits."""
    size = max(11, width // 45)
    needed = width_of(caption, size=size)
    if needed > width - 12:
        size = max(7, size * (width - 12) // needed)
    bar = np.zeros((round(1.9 * size), width, 3), np.uint8)
    write(bar, caption, 6, 1.3 * size, size=size, colour=(255, 255, 255))
    return bar
