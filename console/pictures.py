"""Drawing on pictures: boxes with labels, blurred faces, crops. The only module here that knows OpenCV.

Colours are Okabe and Ito's, told apart with any colour vision; the line's style and the text say the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from common import imaging
from common.domain.prediction import Face, Label
from common.errors import NotFound, UnreadableImage
from console.texts import label_text

Picture = NDArray[np.uint8]  # height, width, 3; BGR
Color = tuple[int, int, int]  # blue, green, red

QUALITY = 88
SMALL_QUALITY = 80  # of pictures that are shown small
CROP_MARGIN = 0.35  # of the box, on each side: a face needs its surroundings to be judged


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a label's box looks."""

    color: Color
    dash: float | None  # length of a dash in line widths; None: solid
    weight: float  # of the line, relative


STYLES = {
    Label.NO_MASK: Style(color=(0, 94, 213), dash=None, weight=2.0),  # vermillion, solid, heavy
    Label.MASK_INCORRECT: Style(color=(0, 159, 230), dash=4, weight=1.4),  # orange, dashed
    Label.MASK_CORRECT: Style(color=(115, 158, 0), dash=None, weight=1.0),  # bluish green, solid, thin
    Label.UNCERTAIN: Style(color=(170, 170, 170), dash=1.5, weight=1.0),  # grey, dotted
}


def render(
    jpeg: bytes,
    faces: Sequence[Face],
    *,
    boxes: bool = False,
    crop: int | None = None,
    blur: bool = False,
    width: int | None = None,
) -> bytes:
    """The picture as JPEG with faces blurred, then boxed, then cropped to one face, as asked.

    `width`: at most so wide, for what is shown small; not of a crop. Raises UnreadableImage; NotFound when there is no
    face of that index.
    """
    if crop is not None:
        if not 0 <= crop < len(faces):
            raise NotFound(f"the picture has no face {crop}; it has {len(faces)}")
    elif width is not None:
        return _render_small(jpeg, faces, width, boxes=boxes, blur=blur)
    if not boxes and not blur and crop is None:
        return jpeg
    picture = decode(jpeg)
    _mark(picture, faces, boxes=boxes, blur=blur)
    if crop is not None:
        picture = _crop(picture, faces[crop])
    return encode(picture)


def decode(jpeg: bytes, *, at_least: int = 0) -> Picture:
    """`at_least`: pixels of width that are enough; what of a picture need not be decoded for that costs nothing.

    Raises UnreadableImage.
    """
    try:
        picture: Picture = simplejpeg.decode_jpeg(jpeg, colorspace="BGR", min_width=at_least)
    except ValueError as exc:
        raise UnreadableImage("the stored picture cannot be read") from exc
    return picture


def _render_small(jpeg: bytes, faces: Sequence[Face], width: int, *, boxes: bool, blur: bool) -> bytes:
    try:
        _, full, *_ = simplejpeg.decode_jpeg_header(jpeg)
    except ValueError as exc:
        raise UnreadableImage("the stored picture cannot be read") from exc
    picture = decode(jpeg, at_least=min(width, full))
    height, decoded = picture.shape[:2]
    if decoded > width:
        size = (width, max(1, round(height * width / decoded)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale = picture.shape[1] / full
    _mark(picture, [_scaled(face, scale) for face in faces], boxes=boxes, blur=blur)
    return encode(picture, quality=SMALL_QUALITY)


def _scaled(face: Face, scale: float) -> Face:
    left, top, right, bottom = face.box
    return replace(face, box=(scale * left, scale * top, scale * right, scale * bottom))


def _mark(picture: Picture, faces: Sequence[Face], *, boxes: bool, blur: bool) -> None:
    if blur:
        imaging.blur(picture, [face.box for face in faces])
    if boxes:
        for face in faces:
            _draw(picture, face)


def encode(picture: Picture, *, quality: int = QUALITY) -> bytes:
    """As JPEG."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=quality, colorspace="BGR")
    return data


def _corners(picture: Picture, face: Face, margin: float = 0.0) -> tuple[int, int, int, int]:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = face.box
    dx, dy = margin * (x2 - x1), margin * (y2 - y1)
    left, top = max(0, min(width - 1, round(x1 - dx))), max(0, min(height - 1, round(y1 - dy)))
    return left, top, max(left + 1, min(width, round(x2 + dx))), max(top + 1, min(height, round(y2 + dy)))


def _crop(picture: Picture, face: Face) -> Picture:
    x1, y1, x2, y2 = _corners(picture, face, margin=CROP_MARGIN)
    return picture[y1:y2, x1:x2]


def _draw(picture: Picture, face: Face) -> None:
    style = STYLES[face.label]
    width = max(2, round(style.weight * picture.shape[0] / 270))
    x1, y1, x2, y2 = _corners(picture, face)
    for start, end in (((x1, y1), (x2, y1)), ((x2, y1), (x2, y2)), ((x2, y2), (x1, y2)), ((x1, y2), (x1, y1))):
        _line(picture, start, end, style, width)
    _caption(picture, label_text(face.label, face.uncovered), (x1, y1), style.color)


def _line(picture: Picture, start: tuple[int, int], end: tuple[int, int], style: Style, width: int) -> None:
    if style.dash is None:
        cv2.line(picture, start, end, style.color, width, cv2.LINE_AA)
        return
    first, last = np.array(start, float), np.array(end, float)
    length = float(np.linalg.norm(last - first))
    step = max(3.0, style.dash * width)
    for offset in np.arange(0, length, 2 * step):
        a, b = (first + (last - first) * min(1.0, at / length) for at in (offset, offset + step))
        cv2.line(picture, _point(a), _point(b), style.color, width, cv2.LINE_AA)


def _point(at: NDArray[Any]) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def _caption(picture: Picture, text: str, at: tuple[int, int], color: Color) -> None:
    scale = max(0.5, picture.shape[0] / 850)
    weight = max(1, round(scale * 1.6))
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, weight)
    x = max(0, min(at[0], picture.shape[1] - width - 6))
    top = at[1] - height - below - 4
    y = top if top >= 0 else at[1]  # no room above: inside of the box
    cv2.rectangle(picture, (x, y), (x + width + 6, y + height + below + 4), color, cv2.FILLED)
    bright = 0.114 * color[0] + 0.587 * color[1] + 0.299 * color[2] > 120
    ink = (20, 20, 20) if bright else (255, 255, 255)
    cv2.putText(picture, text, (x + 3, y + height + 2), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, weight, cv2.LINE_AA)
