"""Intervals by bootstrap over pictures (Efron 1979, doi:10.1214/aos/1176344552): faces of one picture are alike.

A resampling is a row of whole weights: how often each picture was drawn. A figure that takes such weights has to sort
its detections once, not once per resampling.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.int64]
ROUNDS = 300
SEED = 0


def picture_weights(pictures: int, random: np.random.Generator, *, rounds: int = ROUNDS) -> Weights:
    """How often each picture is drawn in each resampling, [rounds, pictures]; a row sums to `pictures`."""
    if pictures == 0:
        return np.zeros((rounds, 0), np.int64)
    draws = [random.integers(pictures, size=pictures) for _ in range(rounds)]
    return np.stack([np.bincount(draw, minlength=pictures) for draw in draws]).astype(np.int64)


def resampled(figure: Callable[[Weights], float | None], weights: Weights) -> tuple[float, float] | None:
    """The 95 % interval of a figure over resamplings [rounds, pictures]; a draw without the figure (None) is left out.

    None when no draw has the figure.
    """
    values = [value for value in map(figure, weights) if value is not None]
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
