"""How long to wait before the next attempt: a pure function, tested without a clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Exponential with full-range jitter of ±`jitter`, so that replicas do not come back all at once."""

    first_seconds: float = 0.5
    factor: float = 2.0
    limit_seconds: float = 30.0
    jitter: float = 0.2  # share of the delay
    attempts: int | None = None  # give up after so many; None: never

    def delay(self, attempt: int, *, draw: Callable[[], float] = random.random) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1), or None to give up."""
        if self.attempts is not None and attempt >= self.attempts:
            return None
        exponent = min(attempt - 1, 64)  # beyond that the limit holds anyway, and floats overflow
        delay = min(self.limit_seconds, self.first_seconds * self.factor**exponent)
        return delay * (1 + self.jitter * (2 * draw() - 1))
