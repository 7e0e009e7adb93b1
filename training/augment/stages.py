"""Tables of changes: each with the share of the samples it happens to, in the order in which they happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Value = TypeVar("Value")
Change = Callable[[Value, np.random.Generator], Value]
Stage = tuple[float, Change[Value]]  # the share, 0..1, and what happens


def in_turn(stages: Sequence[Stage[Value]], value: Value, random: np.random.Generator) -> Value:
    """Send a value through the table; every stage is drawn by its own share."""
    for share, change in stages:
        if random.random() < share:
            value = change(value, random)
    return value
