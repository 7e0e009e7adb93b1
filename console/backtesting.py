"""What the console needs of those who try rules on the past."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from common.domain.backtest import Backtest
from common.domain.rule import Rule

OnProgress = Callable[[int, int], None]  # pictures that were looked through, of how many


def nobody_waits(_done: int, _all: int) -> None:
    """Where no progress is shown."""


class Backtesting(Protocol):
    """Takes seconds, and all cores: one at a time."""

    def __call__(
        self,
        rule: Rule,
        *,
        start: datetime,
        end: datetime,
        camera_ids: Collection[str] = (),
        on_progress: OnProgress = nobody_waits,
    ) -> Backtest:
        """On the predictions captured in [start, end), by these cameras; none: by all that the rule looks at.

        Raises InvalidInput for a rule about trouble, Overloaded while another is tried, Unavailable.
        """
