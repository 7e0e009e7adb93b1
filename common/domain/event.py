"""A rule's state change on a camera."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventState(StrEnum):
    """inactive (no event) -> pending -> firing -> resolved; a pending event whose condition ends is dropped."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One stretch of time in which a rule's condition held on a camera; all times are capture times."""

    id: str
    rule_id: str
    camera_id: str
    state: EventState
    started_at: datetime  # the condition was first seen true
    last_true_at: datetime  # and last
    evaluated_at: datetime  # the newest picture that was taken into account
    fired_at: datetime | None = None
    resolved_at: datetime | None = None
    peak_count: int = 0  # most faces with the label in one picture
    snapshot_id: str = ""  # that picture
    reason: str = ""  # why it ended, where its condition did not: camera_off, rule_off, no_pictures
