"""A message to one receiver on its way: the outbox's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class NotificationKind(StrEnum):
    """What a message is about."""

    FIRING = "firing"
    RISING = "rising"  # more people than were told of
    RESOLVED = "resolved"
    ESCALATED = "escalated"  # nobody acknowledged in time
    DIGEST = "digest"
    TEST = "test"


class NotificationState(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    SENT = "sent"
    GIVEN_UP = "given_up"
    SUPERSEDED = "superseded"  # before it could be sent a newer one made it pointless


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Sent at least once; never twice after `sent_at` was recorded. What it says is made when it is sent."""

    id: str
    key: str  # unique: receiver, group, kind and what was told; a second one with the same key is never queued
    receiver_id: str
    kind: NotificationKind
    group_id: str = ""
    alert_ids: tuple[str, ...] = ()  # newest first
    facts: dict[str, Any] = field(default_factory=dict)  # JSON: what the text needs beyond the alerts
    state: NotificationState = NotificationState.QUEUED
    attempts: int = 0
    created_at: datetime
    due_at: datetime  # not before
    claimed_until: datetime | None = None  # a sender has it in hand
    sent_at: datetime | None = None
    error: str = ""  # of the last attempt, one sentence without secrets
