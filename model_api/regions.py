"""Where nose, mouth and chin lie on a face, by a detector's five landmarks, and how much of each is covered.

Everything is in the face's own frame: origin between the eyes, y towards the middle of the mouth, one unit from the
eyes to the mouth, x to the picture's right of an upright face. A tilted head needs no case of its own there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model_api.arrays import Floats


class Part(StrEnum):
    """What a mask should cover, from above."""

    NOSE = "NOSE"
    MOUTH = "MOUTH"
    CHIN = "CHIN"


# Half a part's width and height, in units. The nose's is its lower half: masks worn well often end on the bridge.
HALF_SIZES = {Part.NOSE: (0.13, 0.10), Part.MOUTH: (0.26, 0.10), Part.CHIN: (0.18, 0.13)}
# The middle of the chin, as the lower lip's edge and the chin's tip lie below the eyes on faces with 68 points, on
# average (1.19 and 1.69): what a detector has no landmark for.
CHIN_BELOW = 1.46
GRID = 5  # points along each side of a part
LEAST_UNIT = 2.0  # pixels from the eyes to the mouth; with less there is no face to lay parts on

_STEPS = np.linspace(-1, 1, GRID)
# Of the points of each part from its middle, in units: [parts, K, 2].
_SPREAD = np.stack(np.meshgrid(_STEPS, _STEPS), axis=-1).reshape(1, -1, 2) * np.asarray(
    [[HALF_SIZES[part]] for part in Part]
)


@dataclass(frozen=True, kw_only=True)
class CoverMap:
    """How likely a mask covers each point of a square of the picture."""

    values: Floats  # [M, M] 0..1
    left: float  # of the square, in pixels of the picture
    top: float
    side: float

    def at(self, points: Floats) -> Floats:
        """Values [K] at points [K, 2] of the picture, from the nearest of the map."""
        size = self.values.shape[0]
        cells = ((points - (self.left, self.top)) * (size / self.side)).astype(
            int
        )  # towards 0, where they would end up
        column, row = cells.clip(0, size - 1).T
        return np.asarray(self.values[row, column], np.float32)


def place_parts(landmarks: Sequence[tuple[float, float]]) -> dict[Part, Floats] | None:
    """Points [K, 2] all over each part, in pixels; None for landmarks that are unknown or span no face."""
    points = _points(landmarks)
    return None if points is None else dict(zip(Part, points, strict=True))


def coverage(cover: CoverMap, landmarks: Sequence[tuple[float, float]]) -> dict[Part, float] | None:
    """Which share 0..1 of each part is covered; None where the landmarks tell nothing."""
    points = _points(landmarks)
    if points is None:
        return None
    shares = cover.at(points.reshape(-1, 2)).reshape(len(Part), -1).mean(axis=1)
    return dict(zip(Part, shares.tolist(), strict=True))


def _points(landmarks: Sequence[tuple[float, float]]) -> Floats | None:
    """[parts, K, 2], as `place_parts` says; in plain numbers as far as it goes, for there are many faces."""
    if len(landmarks) != 5 or not all(math.isfinite(x) and math.isfinite(y) for x, y in landmarks):
        return None
    left, right, nose, *corners = landmarks
    across, down = _middle(left, right)
    below_x, below_y = (middle - start for middle, start in zip(_middle(*corners), (across, down), strict=True))
    unit = math.hypot(below_x, below_y)
    if unit < LEAST_UNIT:
        return None
    tip_x, tip_y = nose[0] - across, nose[1] - down
    tip = (tip_x * below_y - tip_y * below_x) / unit**2, (tip_x * below_x + tip_y * below_y) / unit**2
    middles = np.asarray([[tip], [(0.0, 1.0)], [(0.0, CHIN_BELOW)]])  # in the order of Part
    axes = np.asarray([[below_y, -below_x], [below_x, below_y]])
    return np.asarray((middles + _SPREAD) @ axes + (across, down), np.float32)


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
