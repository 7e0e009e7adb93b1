"""what is kept of people, and erasures"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.erasure import ErasureState


class KeepingAnswer(BaseModel):
    """The operator's limits; null: none."""

    clean_days: float | None
    store_megabytes: int | None
    alert_days: float | None
    feedback_days: float | None
    keeps_judged_faces: bool
    crops_hours: float
    audit_days: float | None
    follows_looks: bool


class KeptAnswer(BaseModel):
    """What is kept of a camera."""

    id: str
    name: str
    site: str
    retention_days: int
    blur_faces: bool
    shots: int = Field(description="that are remembered, with or without a picture")
    oldest_at: datetime | None


class RetentionAnswer(BaseModel):
    """How long what is kept, and how much there is."""

    settings: KeepingAnswer
    cameras: list[KeptAnswer]


class ErasedAnswer(BaseModel):
    """How much is, or would be, gone."""

    snapshots: int
    pictures: int
    crops: int
    sightings: int
    alerts: int


class ErasureAnswer(BaseModel):
    """An entry of the ledger."""

    id: str
    requested_at: datetime
    by: str
    reason: str
    camera_id: str | None = Field(description="null: all cameras")
    camera: str | None = Field(description="its name then; null once it is removed")
    start: datetime | None
    end: datetime | None = Field(description="null: until the moment of the request")
    state: ErasureState
    gone: ErasedAnswer
    finished_at: datetime | None
