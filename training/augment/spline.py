"""Thin-plate splines: the smoothest map of the plane that carries some points exactly where they belong.

Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations", PAMI 1989, doi:10.1109/34.24792.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.geometry import Floats

Doubles = NDArray[np.float64]
GRID_PX = 4  # the map is computed on every fourth pixel and interpolated between: it bends slowly


@dataclass(frozen=True, kw_only=True)
class Spline:
    """A fitted map. It is computed in units of the points' spread, so its accuracy does not depend on their size."""

    points: Doubles  # [K, 2] where the bends are, in units
    weights: Doubles  # [K + 3, 2]
    scale: float  # pixels per unit

    def __call__(self, places: Floats) -> Floats:
        """Map places [..., 2]."""
        rows = _rows(np.asarray(places, np.float64) / self.scale, self.points)
        return np.asarray(rows @ self.weights, np.float32)

    def maps(self, *, left: int, top: int, width: int, height: int) -> tuple[Floats, Floats]:
        """Where each pixel of a window comes from, as cv2.remap wants it: x [height, width] and y [height, width]."""
        columns, rows = -(-width // GRID_PX) + 1, -(-height // GRID_PX) + 1
        grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) * GRID_PX
        coarse = self(grid + np.asarray([left, top]))
        # A warp with a plain scale keeps the grid's first point on the first pixel; cv2.resize would shift it.
        matrix = np.asarray([[1 / GRID_PX, 0, 0], [0, 1 / GRID_PX, 0]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        fine = cv2.warpAffine(coarse, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(fine[..., 0]), np.ascontiguousarray(fine[..., 1])


def fit_spline(source: Floats, target: Floats) -> Spline:
    """The spline that maps source [K, 2] to target [K, 2] exactly; raises ValueError when the points lie on a line."""
    scale = float(np.ptp(source, axis=0).max())
    points = np.asarray(source / max(scale, 1e-6), np.float64)
    rows = _rows(points, points)
    count = len(points)
    system = np.zeros((count + 3, count + 3))
    system[:count] = rows
    system[count:, :count] = rows[:, count:].T
    wanted = np.concatenate([target, np.zeros((3, 2))])
    try:
        weights = np.linalg.solve(system, wanted)
    except np.linalg.LinAlgError as error:
        raise ValueError("no map carries points that lie on a line") from error
    return Spline(points=points, weights=weights, scale=scale)


def _rows(places: Doubles, points: Doubles) -> Doubles:
    """[..., K + 3]: the bend r² log r² of each point, then 1, x, y."""
    square = ((places[..., None, :] - points) ** 2).sum(axis=-1)
    bends = square * np.log(np.maximum(square, 1e-12))
    return np.asarray(np.concatenate([bends, np.ones((*places.shape[:-1], 1)), places], axis=-1), np.float64)
