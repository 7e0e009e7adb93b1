"""Where nose, mouth and chin lie on a face, by a detector's five landmarks, and how much of each is covered.

Everything is in the face's own frame: origin between the eyes, y towards the middle of the mouth, one unit from the
eyes to the mouth, x to the picture's right of an upright face. A tilted head needs no case of its own there.
"""

from __future__ import annotations

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
        cells = np.floor((points - (self.left, self.top)) * (size / self.side)).astype(int)
        column, row = np.clip(cells, 0, size - 1).T
        return np.asarray(self.values[row, column], np.float32)


def place_parts(landmarks: Sequence[tuple[float, float]]) -> dict[Part, Floats] | None:
    """Points [K, 2] all over each part, in pixels; None for landmarks that are unknown or span no face."""
    five = np.asarray(landmarks, np.float64)
    if five.shape != (5, 2) or not np.isfinite(five).all():
        return None
    origin, mouth = five[:2].mean(axis=0), five[3:].mean(axis=0)
    down = mouth - origin
    if float(np.hypot(*down)) < LEAST_UNIT:
        return None
    axes = np.asarray([[down[1], -down[0]], down])
    tip = (five[2] - origin) @ np.linalg.inv(axes)
    middles = {Part.NOSE: tip, Part.MOUTH: np.asarray([0.0, 1.0]), Part.CHIN: np.asarray([0.0, CHIN_BELOW])}
    steps = np.linspace(-1, 1, GRID)
    spread = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return {
        part: np.asarray((middle + spread * HALF_SIZES[part]) @ axes + origin, np.float32)
        for part, middle in middles.items()
    }


def coverage(cover: CoverMap, landmarks: Sequence[tuple[float, float]]) -> dict[Part, float] | None:
    """Which share 0..1 of each part is covered; None where the landmarks tell nothing."""
    parts = place_parts(landmarks)
    return None if parts is None else {part: float(cover.at(points).mean()) for part, points in parts.items()}
