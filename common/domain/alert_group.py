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
    told_at: datetime | None = None  # when the last message was delivered: a cooldown starts there
    told_count: int = 0  # people in the last message that was made
    escalated_at: datetime | None = None
    closed_at: datetime | None = None  # None: open
