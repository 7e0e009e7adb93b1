"""receivers and silences"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.receiver import Digest, ReceiverKind
from console.api.shapes.cameras import ScheduleAnswer


class ReceiverAnswer(BaseModel):
    """Who is told, without what is secret."""

    id: str
    name: str
    kind: ReceiverKind
    url: str = Field(examples=["mailto://***"])
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
