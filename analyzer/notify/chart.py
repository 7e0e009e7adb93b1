"""The chart of a digest: people by label as stacked bars, the share of properly worn masks as a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg

from analyzer.notify.lettering import Colour, Pixels, width_of, write
from common.domain.prediction import Label

WIDTH, HEIGHT = 960, 440
LEFT, TOP, RIGHT, BOTTOM = 56, 84, 900, 400  # of what is plotted
TICKS = 4
SIZE = 15  # of letters
QUALITY = 92

# Okabe and Ito (2008): told apart with any colour vision; the same as the boxes in pictures.
COLOURS: Mapping[Label, Colour] = {
    Label.NO_MASK: (213, 94, 0),
    Label.MASK_INCORRECT: (230, 159, 0),
    Label.MASK_CORRECT: (0, 158, 115),
    Label.UNCERTAIN: (154, 164, 175),
}
LINE: Colour = (0, 114, 178)
INK: Colour = (64, 72, 80)
GRID: Colour = (224, 228, 232)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One stretch of time."""

    name: str
    counts: Mapping[Label, int]
    share: float | None  # 0..1; None: nobody was judged


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn."""

    title: str
    names: Mapping[Label, str]
    line_name: str
    columns: Sequence[Column]


def draw(chart: Chart) -> bytes:
    """As JPEG, 960 x 440 pixels."""
    pixels: Pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    highest = round_up(max((sum(column.counts.values()) for column in chart.columns), default=0))
    write(pixels, chart.title, LEFT, 28, size=20, colour=INK)
    _legend(pixels, chart)
    _axes(pixels, highest)
    wide = (RIGHT - LEFT) / max(1, len(chart.columns))
    for number, column in enumerate(chart.columns):
        _bar(pixels, column, LEFT + number * wide, wide, highest)
    _line(pixels, [column.share for column in chart.columns], wide)
    return bytes(simplejpeg.encode_jpeg(pixels, quality=QUALITY, colorspace="RGB", colorsubsampling="444"))


def round_up(highest: int) -> int:
    """The top of an axis that holds it and is divided into whole numbers."""
    step = max(1, math.ceil(highest / TICKS))
    power: int = 10 ** (len(str(step)) - 1)
    nice = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step)
    return nice * TICKS


def _legend(pixels: Pixels, chart: Chart) -> None:
    left = LEFT
    entries = [(name, COLOURS[label]) for label, name in chart.names.items()]
    for name, colour in [*entries, (chart.line_name, LINE)]:
        cv2.rectangle(pixels, (left, 48), (left + 12, 60), colour, cv2.FILLED)
        write(pixels, name, left + 18, 60, size=SIZE, colour=INK)
        left += 18 + width_of(name, size=SIZE) + 22


def _axes(pixels: Pixels, highest: int) -> None:
    for tick in range(TICKS + 1):
        y = _height(tick / TICKS)
        cv2.line(pixels, (LEFT, y), (RIGHT, y), GRID, 1)
        people, share = str(highest * tick // TICKS), f"{100 * tick // TICKS} %"
        write(pixels, people, LEFT - 8 - width_of(people, size=SIZE), y + 5, size=SIZE, colour=INK)
        write(pixels, share, RIGHT + 8, y + 5, size=SIZE, colour=LINE)


def _bar(pixels: Pixels, column: Column, left: float, wide: float, highest: int) -> None:
    """A column's labels, one on the other, with its name below."""
    below = 0
    x1, x2 = round(left + 0.15 * wide), round(left + 0.85 * wide)
    for label, colour in COLOURS.items():
        count = column.counts.get(label, 0)
        if count:
            top, bottom = _height((below + count) / highest), _height(below / highest)
            cv2.rectangle(pixels, (x1, top), (x2, max(top, bottom - 1)), colour, cv2.FILLED)
            below += count
    middle = left + (wide - width_of(column.name, size=SIZE)) / 2
    write(pixels, column.name, middle, BOTTOM + 22, size=SIZE, colour=INK)


def _line(pixels: Pixels, shares: Sequence[float | None], wide: float) -> None:
    """Points, joined where nothing is missing between them."""
    before: tuple[int, int] | None = None
    for number, share in enumerate(shares):
        point = None if share is None else (round(LEFT + (number + 0.5) * wide), _height(share))
        if point is not None:
            if before is not None:
                cv2.line(pixels, before, point, LINE, 2, cv2.LINE_AA)
            cv2.circle(pixels, point, 5, (255, 255, 255), cv2.FILLED, cv2.LINE_AA)
            cv2.circle(pixels, point, 4, LINE, cv2.FILLED, cv2.LINE_AA)
        before = point


def _height(share: float) -> int:
    """Where a share of the axis lies."""
    return round(BOTTOM - share * (BOTTOM - TOP))
