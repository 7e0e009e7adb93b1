"""How alike two faces look, by the appearances that the model API gives beside them."""

from __future__ import annotations

import math
from array import array

from common.appearances import COLOURS, FEATURES, LENGTH

UNIT = 32.0  # of the colours
# Nats for "the same person": logistic regression on pairs from six scenes, each weighing the same (docs/alerts.md).
PER_COSINE, PER_COLOUR, ALWAYS = 3.6, -4.2, -0.4
MOST = 3.0  # said at most, either way: light changes, and uniforms are alike


def likeness(one: bytes, other: bytes) -> float:
    """The log likelihood ratio of the same person against two; 0 where an appearance is not of this kind."""
    if len(one) != LENGTH or len(other) != len(one):
        return 0.0
    first, second = array("b", one), array("b", other)
    products = sum(a * b for a, b in zip(first[:FEATURES], second[:FEATURES], strict=True))
    length = math.sqrt(sum(a * a for a in first[:FEATURES]) * sum(b * b for b in second[:FEATURES]))
    cosine = products / length if length else 0.0
    colours = sum(abs(a - b) for a, b in zip(first[FEATURES:], second[FEATURES:], strict=True)) / (COLOURS * UNIT)
    return max(-MOST, min(MOST, PER_COSINE * cosine + PER_COLOUR * colours + ALWAYS))
