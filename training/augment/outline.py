"""Where a face's parts lie that a mask hangs on: from 68 points, or guessed from the five of a detector.

Everything is in the face's own frame: origin between the eyes, y towards the middle of the mouth, x towards the
picture's right, one unit from the eyes to the mouth. A tilted head needs no case of its own there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.geometry import Floats

# Each part's place as [x, y] x [1, tip x, eye distance, tip y]: least squares over the 1,600 faces of `fit/faces68` and
# their mirror images (`fit_parts` below). It misses by 0.09 (cheeks), 0.08 (jaw, chin) and 0.03 (nose) of a unit.
PARTS = {
    "cheek": ((-0.316, -1.444, -0.771, -0.103), (0.831, -0.052, 0.030, -1.017)),
    "jowl": ((-0.300, -1.363, -0.697, -0.073), (1.184, 0.007, 0.205, -1.026)),
    "jaw": ((-0.160, -1.016, -0.584, -0.067), (1.447, 0.042, 0.307, -0.744)),
    "nostril": ((-0.007, 0.393, -0.184, -0.002), (0.418, 0.006, -0.022, 0.463)),
    "chin": ((0.0, -0.072, 0.0, 0.0), (1.478, 0.0, 0.305, -0.101)),
    "bridge": ((0.0, 0.688, 0.0, 0.0), (-0.117, 0.0, -0.037, 0.658)),
    "nose_base": ((0.0, 0.549, 0.0, 0.0), (0.361, 0.0, 0.005, 0.607)),
    "lower_lip": ((0.0, 0.414, 0.0, 0.0), (1.072, 0.0, 0.049, 0.129)),
}
# The points of the iBUG scheme that are these parts; a pair is picture left, picture right.
IBUG = {
    "cheek": (1, 15),
    "jowl": (3, 13),
    "jaw": (5, 11),
    "nostril": (31, 35),
    "chin": (8,),
    "bridge": (28,),
    "nose_base": (33,),
    "lower_lip": (57,),
}
PAIRS = ("cheek", "jowl", "jaw", "nostril")
# What the regression has seen of [tip x, eye distance, tip y]: beyond it a guess would run away.
SEEN = ((-0.5, 0.45, 0.15), (0.5, 1.4, 0.95))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The face's own frame in the picture."""

    origin: Floats  # [2] x, y in pixels, between the eyes
    axes: Floats  # [2, 2]: one step along x and along y, in pixels

    @property
    def unit(self) -> float:
        """Pixels from the eyes to the mouth."""
        return float(np.hypot(*self.axes[1]))

    def to_picture(self, points: Floats) -> Floats:
        """[..., 2] in the face's frame -> pixels."""
        return np.asarray(points @ self.axes + self.origin, np.float32)

    def to_face(self, points: Floats) -> Floats:
        """[..., 2] in pixels -> the face's frame."""
        return np.asarray((points - self.origin) @ np.linalg.inv(self.axes), np.float32)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The parts of one face, in its frame; pairs are [2, 2]: picture left, picture right."""

    frame: Frame
    five: Floats  # [5, 2] eyes, nose tip, mouth corners
    cheek: Floats  # [2, 2] the face's edge below the eyes
    jowl: Floats  # [2, 2] the edge beside the mouth
    jaw: Floats  # [2, 2] the edge between mouth and chin
    nostril: Floats  # [2, 2] the wings of the nose
    chin: Floats  # [2]
    bridge: Floats  # [2] the nose bridge, a little below the eyes
    nose_base: Floats  # [2] where the nose ends above the upper lip
    lower_lip: Floats  # [2] the lower edge of the lower lip

    @property
    def turn(self) -> float:
        """Where the nose bridge lies between the cheeks: 0.5 in front, towards 0 turned to the picture's left."""
        width = float(self.cheek[1, 0] - self.cheek[0, 0])
        return float(np.clip((self.bridge[0] - self.cheek[0, 0]) / max(width, 1e-3), 0, 1))


def trace(points: Floats) -> Outline:
    """The outline of a face from 68 points (iBUG) or five landmarks, [68, 2] or [5, 2] in pixels.

    Raises ValueError for another shape, for NaN, and for a face without extent.
    """
    if points.shape not in ((68, 2), (5, 2)) or not np.isfinite(points).all():
        raise ValueError(f"a face is traced from 68 or five known points, not from {points.shape}")
    five = five_of(points) if len(points) == 68 else np.asarray(points, np.float32)
    frame = _frame(five)
    inner = frame.to_face(five)
    parts = _parts_of_68(frame.to_face(points)) if len(points) == 68 else _guess(inner)
    return Outline(frame=frame, five=inner, **parts)


def five_of(points: Floats) -> Floats:
    """68 points [68, 2] -> the five landmarks [5, 2] of detectors."""
    eyes = (points[36:42].mean(axis=0), points[42:48].mean(axis=0))
    return np.stack([*eyes, points[30], points[48], points[54]]).astype(np.float32)


def _frame(five: Floats) -> Frame:
    origin, mouth = five[:2].mean(axis=0), five[3:].mean(axis=0)
    down = mouth - origin
    if float(np.hypot(*down)) < 1.0:
        raise ValueError("the eyes and the mouth of a face lie on one point")
    return Frame(origin=origin, axes=np.asarray([[down[1], -down[0]], down], np.float32))


def _parts_of_68(points: Floats) -> dict[str, Floats]:
    return {name: points[list(rows)] if name in PAIRS else points[rows[0]] for name, rows in IBUG.items()}


def _guess(five: Floats) -> dict[str, Floats]:
    seen = np.clip([five[2, 0], five[1, 0] - five[0, 0], five[2, 1]], *SEEN)
    here = np.asarray([1, *seen])
    mirrored = np.asarray([1, -seen[0], seen[1], seen[2]])
    parts = {}
    for name, table in PARTS.items():
        left = np.asarray(table) @ here
        right = np.asarray(table) @ mirrored * (-1, 1)
        parts[name] = np.asarray([left, right] if name in PAIRS else left, np.float32)
    return parts


def fit_parts(faces: Floats) -> dict[str, Floats]:
    """How PARTS was made: a table [2, 4] per part, by least squares over faces [F, 68, 2] and their mirror images."""
    features: list[Floats] = []
    places: dict[str, list[Floats]] = {name: [] for name in IBUG}
    for points in faces:
        outline = trace(points)
        tip, distance = outline.five[2], outline.five[1, 0] - outline.five[0, 0]
        for sign in (1, -1):
            features.append(np.asarray([1, sign * tip[0], distance, tip[1]], np.float32))
            for name, found in places.items():
                part = getattr(outline, name)
                found.append(
                    (part[0 if sign > 0 else 1] if name in PAIRS else part) * np.asarray([sign, 1], np.float32)
                )
    known = np.stack(features)
    return {name: np.linalg.lstsq(known, np.stack(found), rcond=None)[0].T for name, found in places.items()}
