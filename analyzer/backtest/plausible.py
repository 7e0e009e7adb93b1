"""How much faces can do for anybody being called what a rule looks for: far cheaper to ask than who is who.

The vote (analyzer/sightings/votes.py) sums log probabilities, one per class. A label's *lead* is twice its sum less the
other two's. Nobody is called the label before its share reaches CALLED, which takes a lead of NEEDED: a share s is odds
of s / (1 - s) against the other two together, and their sum is at least twice their geometric mean. A picture adds at
most its face's gain to somebody's lead, and bounds only bring a lead back towards zero. So as long as the leads of
those in view and the gains of all pictures since stay below NEEDED, nobody is called the label, whoever is who.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.sightings.votes import CALLED, FLOOR, PICTURE_WEIGHT, SURE, Evidence
from common.domain.prediction import CLASSES, Label

_LEAST = min(CALLED, SURE)
NEEDED = 2 * math.log(2 * _LEAST / (1 - _LEAST)) - 1e-9  # nats; a little less, for sums are rounded
_NAMES = tuple(label.value for label in CLASSES)


def lead(label: Label, evidence: Evidence) -> float:
    """How far the evidence leads towards the label; of UNCERTAIN, which everybody may be, as far as can be."""
    if label is Label.UNCERTAIN:
        return math.inf
    return 3 * evidence[CLASSES.index(label)] - sum(evidence)


def gain(label: Label, faces: Iterable[Mapping[str, Any]]) -> float:
    """What the face that helps most, as in a prediction's JSON, can add to somebody's lead; at least 0."""
    if label is Label.UNCERTAIN:
        return max((math.inf for _ in faces), default=0.0)
    others = [name for name in _NAMES if name != label.value]
    return max((_gain(face["probabilities"], label.value, *others) for face in faces), default=0.0)


def _gain(shares: Mapping[str, float], label: str, first: str, second: str) -> float:
    mine = max(FLOOR, shares.get(label, 0.0))
    ratio = mine * mine / (max(FLOOR, shares.get(first, 0.0)) * max(FLOOR, shares.get(second, 0.0)))
    return PICTURE_WEIGHT * math.log(ratio) if ratio > 1 else 0.0
