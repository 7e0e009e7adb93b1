"""A share of something counted, and how sure one may be of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959964  # the normal distribution's 97.5 % point


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share with its 95 % interval and what it is a share of."""

    value: float  # 0..1, as are the next two
    low: float
    high: float
    n: int


def wilson(successes: int, n: int) -> Share | None:
    """Wilson's score interval (1927), which stays inside 0..1 for few observations; None without any."""
    if n <= 0:
        return None
    share, z2 = successes / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Share(value=share, low=max(0.0, middle - half), high=min(1.0, middle + half), n=n)
