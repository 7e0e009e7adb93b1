"""The one Exif tag that matters here: how to hold the picture upright (Exif 2.3, tag 274)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model_api.arrays import Pixels

UPRIGHT = 1
ORIENTATION_TAG = 0x0112
SHORT = 3  # the tag's type: an unsigned 16-bit number


def read_orientation(tiff: bytes) -> int:
    """1..8 from an Exif block (a TIFF structure); upright when there is none or it is damaged."""
    orders: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
    order = orders.get(tiff[:2])
    if order is None or len(tiff) < 14:
        return UPRIGHT
    directory = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[directory : directory + 2], order)
    for index in range(count):
        entry = tiff[directory + 2 + 12 * index : directory + 14 + 12 * index]
        if len(entry) < 12:
            break
        if int.from_bytes(entry[:2], order) == ORIENTATION_TAG and int.from_bytes(entry[2:4], order) == SHORT:
            value = int.from_bytes(entry[8:10], order)
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What makes a picture upright, in this order."""

    swaps: bool  # rows become columns
    across: bool  # mirrored left to right
    down: bool  # mirrored top to bottom


def turn_of(orientation: int) -> Turn:
    """What undoes an orientation: 2..4 mirror or turn by half, 5..8 also swap width and height."""
    return Turn(swaps=orientation >= 5, across=orientation in (2, 3, 6, 7), down=orientation in (3, 4, 7, 8))


def turn_upright(picture: Pixels, orientation: int) -> Pixels:
    """Undo the orientation of a picture [H, W, 3]."""
    turn = turn_of(orientation)
    if turn.swaps:
        picture = picture.transpose(1, 0, 2)
    if turn.across:
        picture = picture[:, ::-1]
    if turn.down:
        picture = picture[::-1]
    return np.ascontiguousarray(picture)
