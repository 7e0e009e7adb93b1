"""What a rule would have done in the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from common.domain.notification import NotificationKind


@dataclass(frozen=True, kw_only=True)
class Firing:
    """One event that would have fired; all times are capture times."""

    camera_id: str
    started_at: datetime  # the condition was first seen true
    fired_at: datetime
    resolved_at: datetime | None = None  # None: it still went on at the end
    people: int  # most at once
    snapshot_id: str  # the picture with so many
    reason: str = ""  # why it ended, where its condition did not: no_pictures

    @property
    def seconds(self) -> float:
        """How long it fired; of one that still went on 0."""
        return (self.resolved_at - self.fired_at).total_seconds() if self.resolved_at else 0.0


@dataclass(frozen=True, kw_only=True)
class BacktestDay:
    """What would have fired on a day."""

    day: date  # by the time zone of the rule's schedule, else UTC
    fired: int = 0
    seconds: float = 0.0  # of these together
    people: int = 0  # most at once
    messages: int = 0  # sent on that day


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """A rule tried on stored predictions."""

    start: datetime
    end: datetime
    cameras: int  # that the rule looks at
    pictures: int  # predictions that were looked through
    fired: int
    seconds: float  # of all firings together
    people: int  # most at once
    messages: dict[NotificationKind, int]  # to all receivers together, each delivered at once
    receivers: tuple[str, ...]  # names of those that would have got any
    days: tuple[BacktestDay, ...]  # every day between start and end
    firings: tuple[Firing, ...]  # the first of them
    is_complete: bool = True  # False: it fires so often on some camera that the rest was not looked at
