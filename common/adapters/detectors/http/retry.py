"""Whether to send a request again, and when: a pure function, tested without a clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from common.runtime.backoff import Backoff

# Full jitter, 0 to twice the delay, spreads callers who were refused together best of all (M. Brooker, "Exponential
# Backoff And Jitter", AWS Architecture Blog, 2015). Means of 0.1, 0.2, 0.4 … s: about what a batch of pictures takes.
SPREAD = Backoff(first_seconds=0.1, limit_seconds=2.5, jitter=1.0)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Tries again for a while, then gives up."""

    budget_seconds: float  # since the call began: no attempt starts later; 0: one attempt only
    spread: Backoff = SPREAD

    def wait(
        self,
        attempt: int,
        *,
        spent_seconds: float,
        retry_after_seconds: float = 0.0,
        draw: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1), or None to give up.

        What the server asks for is waited for in full, and the jitter after it: those who were refused together
        would come back together. When it asks for more than is left, waiting is useless and None is said at once.
        """
        jitter = self.spread.delay(attempt, draw=draw)
        if jitter is None:
            return None
        wait = retry_after_seconds + jitter
        if spent_seconds + retry_after_seconds >= self.budget_seconds:
            return None
        return min(wait, self.budget_seconds - spent_seconds)
