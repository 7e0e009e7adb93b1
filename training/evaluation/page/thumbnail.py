"""Small pictures of mistakes, inside the page itself."""

from __future__ import annotations

import base64

import cv2

from training.dataset.crops import cut_square, square_around
from training.dataset.pixel_cache import Pixels
from training.evaluation.page.markup import Markup, tag
from training.geometry import Floats

SIDE_PX = 132
ROOM = 2.4  # the square's side against the box's longer side: one sees where the face is
QUALITY = 82  # of the JPEG
FRAME = (255, 60, 0)  # RGB


def thumbnail(image: Pixels, box: Floats, *, title: str) -> Markup:
    """The square around a box of a uint8 RGB picture [H, W, 3], with the box drawn, as an <img> with a data URI."""
    left, top, side = square_around(box, ROOM)
    square = cut_square(image, box, scale=ROOM, size=SIDE_PX)
    corners = ((box.reshape(2, 2) - [left, top]) * (SIDE_PX / side)).round().astype(int)
    cv2.rectangle(square, tuple(corners[0].tolist()), tuple(corners[1].tolist()), FRAME, 1, cv2.LINE_AA)
    packed = cv2.imencode(".jpg", square[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    uri = "data:image/jpeg;base64," + base64.b64encode(packed.tobytes()).decode("ascii")
    return tag("img", src=uri, alt=title, title=title, width=f"{SIDE_PX}", height=f"{SIDE_PX}")
