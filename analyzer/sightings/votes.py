"""What several pictures of a person say together of how the mask is worn."""

from __future__ import annotations

import math

from analyzer.sightings.person import size_of
from common.domain.prediction import CLASSES, Face, Label

Evidence = tuple[float, float, float]  # log probabilities of the classes, in their order, of which the highest is 0

NOTHING: Evidence = (0.0, 0.0, 0.0)

PICTURE_WEIGHT = 0.7  # of a picture's log probabilities: two of one head err together, if not always
LEAST_SIZE, FULL_SIZE = 8.0, 24.0  # pixels: from nothing to all of that; the model card judges faces from 24 on
FLOOR = 0.02  # of a probability: no picture says more than one to fifty, however sure the network sounds
MOST_EVIDENCE = 4.0  # nats against a class: two or three clear pictures turn it, one does not
LEAST_SHOTS = 2
CALLED = 0.8  # probability from which a class is said
SURE = 0.88  # … of somebody seen once: 0.96 and more by the network, of a face of full size
KEPT = 0.5  # down to which it is still said


def add(evidence: Evidence, face: Face) -> Evidence:
    """The evidence with one more picture.

    Log probabilities are summed, as if pictures were independent. They are not, so one counts for less the smaller
    the face, none says more than FLOOR, and the sum is bounded: who takes the mask off after an hour is without it as
    soon as who does so after a minute.
    """
    weight = PICTURE_WEIGHT * min(1.0, max(0.0, (size_of(face.box) - LEAST_SIZE) / (FULL_SIZE - LEAST_SIZE)))
    said = [math.log(max(FLOOR, face.probabilities.get(label.value, 0.0))) for label in CLASSES]
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
