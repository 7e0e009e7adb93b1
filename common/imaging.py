"""Faces in pictures: made unrecognisable, or cut out. The only module of common that knows OpenCV."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from common.domain.prediction import Box
from common.errors import UnreadableImage

Picture = NDArray[np.uint8]  # height, width, 3; BGR or RGB

BLOCKS = 6  # a blurred face keeps so many colours across, hair and all: nobody can be recognised
ENLARGED = 0.15  # of the box, on each side: hair, ears and chin tell who it is, too
EXAMPLE_SCALE = 1.4  # of the box's longer side: what lies around a face helps to judge it
EXAMPLE_SIDE = 192  # pixels at most: the classifier sees no more
EXAMPLE_QUALITY = 95
BLURRED_QUALITY = 90  # as the grabber's default: the picture is compressed a second time


def decode(jpeg: bytes) -> Picture:
    """As BGR. Raises UnreadableImage."""
    try:
        picture: Picture = simplejpeg.decode_jpeg(jpeg, colorspace="BGR")
    except ValueError as exc:
        raise UnreadableImage("the stored picture cannot be read") from exc
    return picture


def encode(picture: Picture, *, quality: int) -> bytes:
    """BGR as JPEG."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=quality, colorspace="BGR")
    return data


def blur(picture: Picture, boxes: Iterable[Box]) -> None:
    """Make the faces in these boxes unrecognisable, in place and for good.

    What lies in the enlarged box becomes a few averages, between which colours fade: no filter finds in them again
    what a mild blur only hides.
    """
    height, width = picture.shape[:2]
    for x1, y1, x2, y2 in boxes:
        dx, dy = ENLARGED * (x2 - x1), ENLARGED * (y2 - y1)
        left, top = max(0, int(x1 - dx)), max(0, int(y1 - dy))
        right, bottom = min(width, int(x2 + dx) + 1), min(height, int(y2 + dy) + 1)
        if right <= left or bottom <= top:
            continue
        region = picture[top:bottom, left:right]
        columns = min(BLOCKS, right - left)
        rows = max(1, min(bottom - top, round(columns * (bottom - top) / (right - left))))
        averages = cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA)
        region[:] = cv2.resize(averages, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)


def cut_example(picture: Picture, box: Box) -> bytes:
    """The square around a face as JPEG, as training cuts its examples; what lies outside repeats the border."""
    x1, y1, x2, y2 = box
    side = max(1, round(EXAMPLE_SCALE * max(x2 - x1, y2 - y1)))
    left, top = round((x1 + x2 - side) / 2), round((y1 + y2 - side) / 2)
    rows = np.clip(np.arange(top, top + side), 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, picture.shape[1] - 1)
    square: Picture = picture[rows[:, None], columns]
    if side > EXAMPLE_SIDE:
        square = np.asarray(cv2.resize(square, (EXAMPLE_SIDE, EXAMPLE_SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return encode(square, quality=EXAMPLE_QUALITY)
