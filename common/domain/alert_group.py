"""Alerts that are told together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AlertGroup:
    """From the first alert with a key until all of them are resolved. At most one is open per key."""

    id: str
    key: str  # the rule, and the camera or site that it groups by
    rule_id: str
    place: str  # what a person calls it: the camera's or site's name; empty for a rule as a whole
    opened_at: datetime
    asked_at: datetime | None = None  # when the last message was made
    told_at: datetime | None = None  # when one was last delivered: a cooldown starts there
    told_count: int = 0  # most people in a message of the present cooldown
    escalated_at: datetime | None = None
    cleared_at: datetime | None = None  # when the last all-clear was made
    closed_at: datetime | None = None  # None: open

    @property
    def is_told(self) -> bool:
        """Whether somebody was told that it goes on, and not yet that it is over."""
        return self.asked_at is not None and (self.cleared_at is None or self.cleared_at < self.asked_at)
