"""Faces with 68 hand-checkable points each (the iBUG 68-point scheme, https://ibug.doc.ic.ac.uk/resources/300-W/)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.errors import BrokenAnnotations, DataMissing
from training.geometry import Floats

POINTS = 68


@dataclass(frozen=True, kw_only=True)
class Face68:
    """One picture with one bare face."""

    path: Path
    points: Floats  # [68, 2] x, y in pixels: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67, left to right

    def box(self) -> Floats:
        """A box [4] xyxy as detectors draw it: from ear to ear, from the chin to the middle of the forehead."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        forehead = FOREHEAD * (high[1] - low[1])
        return np.asarray([low[0], low[1] - forehead, high[0], high[1]], np.float32)


FOREHEAD = 0.2  # of the height from brow to chin; so the box is as high as YuNet's on these faces


def load_faces68(folder: Path) -> tuple[Face68, ...]:
    """Read `points.csv`; the pictures lie in `images/` beside it.

    Raises DataMissing without the file, BrokenAnnotations where a row has not 68 points.
    """
    path = folder / "points.csv"
    if not path.is_file():
        raise DataMissing(f"no points at {path}; give the folder of the data with --data")
    with path.open(newline="") as file:
        return tuple(_face(path, row) for row in csv.DictReader(file))


def _face(path: Path, row: dict[str, str]) -> Face68:
    try:
        pairs = [[float(row[f"x{point}"]), float(row[f"y{point}"])] for point in range(POINTS)]
        picture = path.parent / "images" / row["file"]
    except (KeyError, TypeError, ValueError) as error:
        name = row.get("file", "a row")
        raise BrokenAnnotations(f"{path}: {name} has not {POINTS} points: {type(error).__name__} {error}") from error
    return Face68(path=picture, points=np.asarray(pairs, np.float32))
