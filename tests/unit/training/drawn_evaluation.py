"""Drawn pictures and scripted models for the tests of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.dataset.coco import Picture
from training.evaluation.resampling import Weights, picture_weights
from training.evaluation.seen import Seen
from training.finders.found import FoundFaces

Box = tuple[float, float, float, float]
BARE, WRONGLY, PROPERLY = 1, 2, 3  # categories of the label files
SURE = {1: (0.8, 0.1, 0.1), 2: (0.1, 0.8, 0.1), 3: (0.1, 0.1, 0.8), 4: (np.nan,) * 3}  # probabilities, told rightly


def square(left: float, top: float, side: float) -> Box:
    return (left, top, left + side, top + side)


def rows(values: Sequence[Sequence[float]], width: int) -> np.ndarray:
    return np.asarray(values, np.float32).reshape(-1, width)


def seen(
    labelled: Sequence[tuple[Box, int]],
    found: Sequence[tuple[Box, float]],
    *,
    found_classes: Sequence[Sequence[float]] | None = None,
    labelled_classes: Sequence[Sequence[float]] | None = None,
    name: str = "drawn.png",
) -> Seen:
    """A picture with labelled (box, category) and found (box, score); by default every class is told rightly."""
    boxes, categories = rows([box for box, _ in labelled], 4), np.asarray([category for _, category in labelled], int)
    answers = labelled_classes if labelled_classes is not None else [SURE[category] for category in categories]
    guesses = found_classes if found_classes is not None else [SURE[PROPERLY]] * len(found)
    return Seen(
        picture=Picture(
            path=Path(name),
            width=400,
            height=400,
            source="drawn",
            boxes=boxes,
            categories=categories,
            points=np.full((len(boxes), 5, 2), np.nan, np.float32),
            ignored=np.zeros((0, 4), np.float32),
        ),
        found=FoundFaces(
            boxes=rows([box for box, _ in found], 4),
            scores=np.asarray([score for _, score in found], np.float32),
            landmarks=np.full((len(found), 5, 2), np.nan, np.float32),
        ),
        milliseconds=5.0,
        found_classes=np.asarray(guesses, np.float64).reshape(-1, 3),
        labelled_classes=np.asarray(answers, np.float64).reshape(-1, 3),
    )


def draws(pictures: int) -> Weights:
    return picture_weights(pictures, np.random.default_rng(0), rounds=20)
