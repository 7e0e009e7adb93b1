"""Which faces can make anybody be called what a rule looks for: to ask costs far less than to follow people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.sightings.votes import FLOOR
from common.domain.prediction import CLASSES, Label

_NAMES = tuple(label.value for label in CLASSES)


def is_plausible(label: Label, faces: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of these faces, as in a prediction's JSON, can help somebody to be called that.

    The vote (analyzer/sightings/votes.py) sums log probabilities. Where the label's lies, in every picture of somebody,
    at most at the mean of the other two, so does its sum, and its share stays below a half: nobody is called that.
    """
    if label is Label.UNCERTAIN:
        return any(True for _ in faces)
    others = [name for name in _NAMES if name != label.value]
    return any(_speaks_for(label.value, others, face) for face in faces)


def _speaks_for(label: str, others: list[str], face: Mapping[str, Any]) -> bool:
    shares = face["probabilities"]
    if not shares:
        return bool(face["label"] == label)
    mine = max(FLOOR, shares.get(label, 0.0))
    first, second = (max(FLOOR, shares.get(other, 0.0)) for other in others)
    return bool(mine * mine > first * second)
