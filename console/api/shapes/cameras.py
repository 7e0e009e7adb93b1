"""cameras, the wall"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.camera import ZoneMode
from console.api.shapes.snapshots import PredictionAnswer
from console.sights import SightState

Point = tuple[float, float]


class ZoneAnswer(BaseModel):
    """A named polygon; corners relative to the picture."""

    name: str
    polygon: list[Point]
    mode: ZoneMode


class WindowAnswer(BaseModel):
    """Hours on some weekdays."""

    days: list[str]
    start: str = Field(examples=["08:00"])
    end: str


class ScheduleAnswer(BaseModel):
    """Weekly windows in a time zone."""

    windows: list[WindowAnswer]
    timezone: str


class CameraAnswer(BaseModel):
    """A camera; of its password only whether there is one."""

    id: str
    name: str
    url: str = Field(description="without user and password; *** in place of what else is secret")
    username: str | None
    has_password: bool
    interval_seconds: float
    weight: float
    site: str
    location: str
    tags: list[str]
    enabled: bool
    zones: list[ZoneAnswer]
    min_face_px: int
    schedule: ScheduleAnswer | None
    retention_days: int
    blur_faces: bool
    revision: int
    created_at: datetime


class SightAnswer(BaseModel):
    """How a camera looks right now."""

    camera_id: str
    name: str
    site: str
    location: str
    tags: list[str]
    state: SightState
    code: str
    detail: str
    since: datetime | None
    grabber: str
    snapshot_id: str | None
    captured_at: datetime | None
    age_seconds: float | None
    desired_interval_seconds: float
    effective_interval_seconds: float


class WallAnswer(SightAnswer):
    """With what was seen in its newest picture."""

    prediction: PredictionAnswer | None


class StatusAnswer(SightAnswer):
    """With the share of shots that were really observed."""

    coverage_last_hour: float | None


class TestAnswer(BaseModel):
    """What a look at a camera found: the stream where `ok`, else `code` and `detail`."""

    ok: bool
    code: str | None = None
    detail: str | None = None
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    keyframe_interval_seconds: float | None = None
    open_seconds: float | None = None
    shot_cpu_ms: float | None = None
    bytes_per_second: float | None = None
    still: str | None = Field(None, description="a JPEG as a data URL")


class ProfileAnswer(BaseModel):
    """A stream that a found camera offers."""

    name: str
    url: str
    codec: str
    width: int
    height: int


class FoundAnswer(BaseModel):
    """A camera that answered."""

    url: str
    host: str
    name: str
    hardware: str
    profiles: list[ProfileAnswer]
    problem: str
    is_added: bool
