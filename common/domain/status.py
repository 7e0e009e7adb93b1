"""How a camera and a worker are doing right now: kept in coordination, never in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CameraState(StrEnum):
    """What the grabber last saw of it."""

    CONNECTING = "connecting"
    LIVE = "live"
    DEGRADED = "degraded"  # pictures come, but the quality gate refuses most of them
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class CameraStatus:
    """Written by whichever grabber holds the camera; it lapses when nobody does."""

    camera_id: str
    state: CameraState
    since: datetime
    grabber: str
    error_code: str = ""  # of grabber/errors.py while DOWN, the gate's most frequent reason while DEGRADED
    error: str = ""  # one sentence that says what to do
    last_shot_id: str = ""
    last_captured_at: datetime | None = None


def status_key(camera_id: str) -> str:
    """The coordination key of a camera's status."""
    return f"camera-status/{camera_id}"
