"""What happened to a picture's labels, face by face."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from training.dataset.written import Labelled
from training.geometry import Floats
from training.labels.agreement import AgreedFaces


class Change(StrEnum):
    """What happened to a face."""

    LENT = "landmarks_lent"  # a labelled face got its landmarks
    IGNORED = "ignored"  # a found face without a label became a region to ignore
    ADDED = "added"  # a found face became a face
    DEMOTED = "demoted"  # a made label that nobody confirms became a region to ignore
    DOUBTED = "doubted"  # a person's label that nobody sees; it stays
    DROPPED = "dropped"  # the worse of two labels on one face


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One change, for the report and for looking at it."""

    change: Change
    box: tuple[float, ...]  # xyxy in the picture's pixels
    votes: int
    score: float  # mean of the finders', 0 without any


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A picture with its new labels, what the finders say of them, and what was changed."""

    labelled: Labelled
    verdicts: tuple[Verdict, ...]


def verdicts_on(change: Change, agreed: AgreedFaces, rows: NDArray[np.int64]) -> list[Verdict]:
    """One verdict on each of these agreed faces."""
    votes = agreed.votes
    return [
        Verdict(
            change=change,
            box=tuple(float(value) for value in agreed.boxes[row]),
            votes=int(votes[row]),
            score=float(agreed.scores[row]),
        )
        for row in rows
    ]


def verdict_on_unseen(change: Change, box: Floats) -> Verdict:
    """A verdict on a label that no finder saw."""
    return Verdict(change=change, box=tuple(float(value) for value in box), votes=0, score=0.0)
