"""When something is active: weekly windows in a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Hours on some weekdays. `end` at or before `start` runs over midnight into the next day."""

    days: tuple[str, ...]  # of WEEKDAYS
    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Active inside any of its windows."""

    windows: tuple[Window, ...]
    timezone: str = "UTC"  # an IANA name

    def is_active(self, at: datetime) -> bool:
        """Whether `at` (timezone-aware) lies in a window, by the schedule's own wall clock."""
        local = at.astimezone(ZoneInfo(self.timezone))
        return any(_covers(window, local) for window in self.windows)


def _covers(window: Window, local: datetime) -> bool:
    today, now = WEEKDAYS[local.weekday()], local.time()
    if window.start < window.end:
        return today in window.days and window.start <= now < window.end
    yesterday = WEEKDAYS[(local - timedelta(days=1)).weekday()]
    return (today in window.days and now >= window.start) or (yesterday in window.days and now < window.end)
