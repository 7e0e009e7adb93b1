"""receivers and silences"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.notification import NotificationKind, NotificationState
from common.domain.receiver import Digest, ReceiverKind
from console.api.shapes.cameras import ScheduleAnswer


class ReceiverAnswer(BaseModel):
    """Who is told, without what is secret."""

    id: str
    name: str
    kind: ReceiverKind
    url: str = Field(examples=["mailto://***"])
    host: str | None = Field(description="null where it may be a token")
    has_secret: bool
    language: str
    with_picture: bool
    per_minute: float
    digest: Digest
    digest_hour: int
    timezone: str
    schedule: ScheduleAnswer | None
    enabled: bool
    created_at: datetime


class LastMessage(BaseModel):
    """What became of the newest message."""

    state: NotificationState
    kind: NotificationKind
    at: datetime
    attempts: int
    error: str


class ListedReceiverAnswer(ReceiverAnswer):
    """With how messages went."""

    last: LastMessage | None
    sent_today: int | None = Field(description="since midnight in its time zone; null for whoever sees some sites only")


class DeliveryAnswer(BaseModel):
    """Whether a receiver took a test message."""

    delivered: bool
    error: str | None


class SilenceAnswer(BaseModel):
    """What is not told, and until when."""

    id: str
    rules: list[str]
    cameras: list[str]
    sites: list[str]
    tags: list[str]
    starts_at: datetime
    ends_at: datetime
    comment: str
    created_by: str
    created_at: datetime
    is_active: bool


class NamedAnswer(BaseModel):
    """A camera or a rule."""

    id: str
    name: str


class FiringAlertAnswer(BaseModel):
    """An alert that goes on."""

    id: str
    summary: str
    camera: str | None


class HiddenAnswer(BaseModel):
    """What a silence would hide."""

    is_everything: bool
    cameras: list[NamedAnswer]
    rules: list[NamedAnswer]
    firing: list[FiringAlertAnswer]
    last_week: int = Field(description="alerts of the last seven days that it would have hidden")
    of_last_week: int = Field(description="of so many")
