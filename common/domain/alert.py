"""What a person is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.domain.rule import Severity


class AlertState(StrEnum):
    """Whether what it tells of still goes on."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One event told once, with its picture and its place."""

    id: str
    event_id: str
    rule_id: str
    camera_id: str
    state: AlertState
    severity: Severity
    summary: str  # one sentence: how many, what, where, for how long
    started_at: datetime  # what it tells of was first seen, by the capture time: people read it as "since"
    fired_at: datetime  # the rule's time was up
    resolved_at: datetime | None = None
    snapshot_id: str = ""
    image_key: str = ""
    count: int = 0  # faces with the rule's label in that picture
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    is_false_positive: bool = False
    note: str = ""
    group_id: str = ""  # of those that are told together
    snoozed_until: datetime | None = None  # told no more until then
    reason: str = ""  # why it ended, where no picture of people ended it: camera_off, rule_off, no_pictures, withdrawn
