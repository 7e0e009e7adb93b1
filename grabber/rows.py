"""Rows that a broken decoder dragged down or put beside their place.

Judged on a strip: the picture with all its rows, but few columns, each the mean of those it stands for.
"""

from __future__ import annotations

import cv2
import numpy as np

Strip = np.ndarray[tuple[int, ...], np.dtype[np.float32]]  # [H, STRIP_WIDTH] luma, 0..255

STRIP_WIDTH = 240  # columns: a row moved by 1/240 of the width is still found beside its place
SAME = (
    0.15  # of a row's change from pixel to pixel: what changes less from row to row is no scene, but a row dragged on
)
TEXTURE = 2.0  # mean difference of neighbouring columns below which there is nothing to repeat
CUT = 10.0  # mean difference of luma from which on two rows do not belong together, and
CUT_RATIO = 4.0  # so many times that of the rows around
ALONE = 2.0  # and so many times that of the rows next to it
AROUND = 8  # rows above and below that say what is normal there
MOST_CUTS = 12  # the sharpest ones are looked at
REACH = 96  # columns: a shift of up to 0.4 of the width is found
LEAST_SHIFT = 3  # columns: less is how a slanted edge goes on
FITS = 0.3  # of the difference left when the rows are shifted back: they belong together


def strip_of(luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Strip:
    """The strip of a picture's luma."""
    size = (STRIP_WIDTH, luma.shape[0])
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)


def repeated_rows(strip: Strip, *, squeezed: float) -> float:
    """The share of rows that show the row above once more; `squeezed`: columns of the picture per column here."""
    down = _steps(strip)
    across = np.abs(np.diff(strip, axis=1)).mean(axis=1)[1:]
    return float(((down * squeezed < SAME * across) & (across > TEXTURE)).mean()) if len(down) else 0.0


def has_torn_rows(strip: Strip) -> bool:
    """Whether somewhere the rows fit those above only when shifted sideways."""
    return any(_fits_shifted(strip, row) for row in _cuts(_steps(strip)))


def _steps(strip: Strip) -> Strip:
    """[H - 1] mean differences of each row to the one above it."""
    return np.asarray(np.abs(np.diff(strip, axis=0)).mean(axis=1), np.float32)


def _cuts(steps: Strip) -> list[int]:
    """The rows that differ from those above them far more than rows do there; the sharpest ones first."""
    sharpest = np.argsort(steps)[::-1][:MOST_CUTS]
    return [int(step) + 1 for step in sharpest if _is_cut(steps, int(step))]


def _is_cut(steps: Strip, at: int) -> bool:
    before, after = steps[max(0, at - AROUND) : at], steps[at + 1 : at + 1 + AROUND]
    if not len(before) or not len(after) or steps[at] < CUT:
        return False
    is_single = steps[at] > ALONE * max(before[-1], after[0])  # a line in the scene has two sides
    return bool(is_single and steps[at] > CUT_RATIO * float(np.median(np.concatenate([before, after]))))


def _fits_shifted(strip: Strip, row: int) -> bool:
    above, below = strip[row - 1], strip[row]
    reach = min(REACH, len(above) // 2)
    shifts = (shift for shift in range(-reach, reach + 1) if abs(shift) >= LEAST_SHIFT)
    return any(_fits(above, below, shift) for shift in shifts)


def _fits(above: Strip, below: Strip, shift: int) -> bool:
    """Whether the row fits when shifted, on the columns that both then have, and does not fit there as it is."""
    width = len(above)
    here = slice(max(0, -shift), width - max(0, shift))
    there = slice(max(0, shift), width + min(0, shift))
    plain = float(np.abs(above[here] - below[here]).mean())
    return plain > CUT and float(np.abs(above[there] - below[here]).mean()) < FITS * plain
