"""The time for which a camera is known to be ours."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(kw_only=True)
class Tenure:
    """The lease of a camera as its holder knows it without asking: the fleet renews it, whoever sends looks at it.

    A process that was stopped, or cut off from coordination, for longer than its lease does not know yet that somebody
    else has the camera. Its own clock tells: it went on meanwhile. As given, the camera is nobody else's for ever.
    """

    token: int = 0  # the lease's; grows when it changes hands
    until: float = math.inf  # by `now`; counted from before coordination was asked, so never longer than it says
    now: Callable[[], float] = time.monotonic

    @property
    def is_held(self) -> bool:
        """Whether nobody else can have the camera."""
        return self.now() < self.until
