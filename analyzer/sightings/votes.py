"""What several pictures of a person say together of how the mask is worn."""

from __future__ import annotations

import math

from analyzer.sightings.person import size_of
from common.domain.prediction import CLASSES, Face, Label

Evidence = tuple[float, float, float]  # log probabilities of the classes, in their order, of which the highest is 0

NOTHING: Evidence = (0.0, 0.0, 0.0)


def add(evidence: Evidence, face: Face) -> Evidence:
    """The evidence with one more picture.

    Log probabilities are summed, as if pictures were independent. They are not, so one counts for less the smaller
    the face, none says more than FLOOR, and the sum is bounded: who takes the mask off after an hour is without it as
    soon as who does so after a minute.
    """
    weight = PICTURE_WEIGHT * min(1.0, max(0.0, (size_of(face.box) - LEAST_SIZE) / (FULL_SIZE - LEAST_SIZE)))
    said = [math.log(max(FLOOR, share)) for share in _shares(face)]
    summed = [old + weight * new for old, new in zip(evidence, said, strict=True)]
    most = max(summed)
    first, second, third = (max(-MOST_EVIDENCE, each - most) for each in summed)
    return first, second, third


def call(evidence: Evidence, shots: int, before: Label) -> Label:
    """The class that may be said of somebody seen in so many pictures; `before`: what was said until now."""
    odds = [math.exp(each) for each in evidence]
    shares = dict(zip(CLASSES, (each / sum(odds) for each in odds), strict=True))
    likeliest = max(CLASSES, key=lambda label: shares[label])
    if shares[likeliest] >= (CALLED if shots >= LEAST_SHOTS else SURE):
        return likeliest
    return before if shares.get(before, 0.0) >= KEPT else Label.UNCERTAIN


PICTURE_WEIGHT = 0.7
LEAST_SIZE, FULL_SIZE = 8.0, 24.0  # pixels
FLOOR = 0.02
MOST_EVIDENCE = 4.0
LEAST_SHOTS = 2
CALLED = 0.8
SURE = 0.93
KEPT = 0.5


def _shares(face: Face) -> tuple[float, ...]:
    if face.probabilities:
        return tuple(face.probabilities.get(label.value, 0.0) for label in CLASSES)
    if face.label is Label.UNCERTAIN:
        return (1 / 3, 1 / 3, 1 / 3)
    return tuple(0.9 if label is face.label else 0.05 for label in CLASSES)
