"""The place: a small pharmacy with shelves, a glass door and a counter in front."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from maskwatch.simulation.curves import Pixels, soften
from maskwatch.simulation.timeline import HEIGHT, WIDTH

COUNTER_TOP = 612  # everything below hides the people


@cache
def backdrop() -> Pixels:
    """The place without people, uint8 BGR of HEIGHT x WIDTH; the same array for all who ask."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1.05 - 0.25 * ((x - 700) / WIDTH) ** 2 - 0.22 * (y / HEIGHT)
    picture = np.asarray((196, 208, 212), np.float32) * light[..., None]
    _shelf(picture, random, left=40, right=452)
    _shelf(picture, random, left=860, right=1244)
    _door(picture)
    _sign(picture)
    picture = cv2.GaussianBlur(picture, (0, 0), 2.0)  # the lens is focused on people
    _counter(picture, random)
    grain = soften(random.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), 0.8)
    picture += 1.0 * (grain / grain.std())[..., None]
    vignette = 1 - 0.20 * (((x - WIDTH / 2) / WIDTH) ** 2 + ((y - HEIGHT / 2) / HEIGHT) ** 2) * 2
    finished: Pixels = (picture * vignette[..., None]).clip(0, 255).astype(np.uint8)
    return finished


def _box(picture: Pixels, left: int, top: int, right: int, bottom: int, colour: tuple[float, float, float]) -> None:
    """A box with a lit left edge and a shaded right one."""
    shade = np.linspace(1.10, 0.78, max(1, right - left), dtype=np.float32)[None, :, None]
    picture[top:bottom, left:right] = np.asarray(colour, np.float32) * shade


def _shelf(picture: Pixels, random: np.random.Generator, *, left: int, right: int) -> None:
    _box(picture, left - 14, 60, right + 14, 640, (104, 128, 148))
    for top in range(76, 600, 108):
        picture[top : top + 96, left:right] = np.linspace(0.55, 0.85, 96, dtype=np.float32)[:, None, None] * (
            120,
            140,
            152,
        )
        at = left + 6
        while at < right - 30:
            width, height = int(random.integers(16, 44)), int(random.integers(38, 80))
            colour = tuple(float(c) for c in random.integers(70, 225, 3) * 0.75 + 40)
            _box(
                picture, at, top + 96 - height, min(at + width, right - 4), top + 96, (colour[0], colour[1], colour[2])
            )
            stripe = top + 96 - height // 2
            picture[stripe : stripe + 7, at : min(at + width, right - 4)] *= 0.7
            at += width + int(random.integers(2, 14))
        picture[top + 96 : top + 104, left - 4 : right + 4] = (128, 156, 178)


def _door(picture: Pixels) -> None:
    _box(picture, 528, 110, 792, 660, (120, 116, 110))
    for left, right in ((542, 654), (666, 778)):
        glass = np.linspace(1.15, 0.7, 650 - 124, dtype=np.float32)[:, None, None]
        picture[124:650, left:right] = np.asarray((206, 196, 182), np.float32) * glass
        picture[300:420, left + 14 : right - 40] *= 0.86  # something on the other side of the street
        picture[420:650, left:right] *= 0.82
    picture[360:420, 648:654] = (60, 60, 62)
    picture[360:420, 666:672] = (60, 60, 62)


def _sign(picture: Pixels) -> None:
    board = np.full((62, 200, 3), (238, 240, 240), np.uint8)
    cv2.rectangle(board, (18, 23), (54, 37), (84, 150, 46), -1)
    cv2.rectangle(board, (29, 12), (43, 48), (84, 150, 46), -1)
    cv2.putText(board, "Pharmacy", (66, 39), cv2.FONT_HERSHEY_DUPLEX, 0.78, (70, 96, 52), 1, cv2.LINE_AA)
    picture[30:92, 560:760] = board


def _counter(picture: Pixels, random: np.random.Generator) -> None:
    depth = HEIGHT - COUNTER_TOP
    rows = np.linspace(1.1, 0.72, depth, dtype=np.float32)[:, None]
    grain = cv2.resize(
        random.normal(0, 1, (depth, 9)).astype(np.float32), (WIDTH, depth), interpolation=cv2.INTER_CUBIC
    )
    picture[COUNTER_TOP:] = np.asarray((96, 132, 168), np.float32) * (rows + 0.05 * grain)[..., None]
    picture[COUNTER_TOP : COUNTER_TOP + 5] = (150, 184, 210)
    _box(picture, 1010, 560, 1150, 668, (58, 58, 62))  # the till
    _box(picture, 1026, 572, 1134, 622, (150, 138, 120))
    _box(picture, 150, 590, 268, 690, (176, 188, 196))  # leaflets
    _box(picture, 158, 582, 260, 596, (230, 230, 226))
