"""How a camera looks to an operator right now: an old picture is never shown as live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from common.domain.camera import Camera
from common.domain.pace import effective_interval
from common.domain.shot import Shot
from common.domain.status import CameraState, CameraStatus, status_key
from common.ports.coordination import Coordination
from console.texts import t

log = structlog.get_logger(__name__)

STALE_INTERVALS = 3  # so many missed pictures
STALE_SECONDS = 15.0  # but never sooner than this: one slow shot is no reason to worry

_statuses = TypeAdapter(CameraStatus)


class SightState(StrEnum):
    """What to make of the camera's latest picture."""

    LIVE = "live"
    DEGRADED = "degraded"  # pictures come, but most of them are refused
    STALE = "stale"  # there is a picture, and it is too old
    DOWN = "down"  # the stream cannot be read
    WAITING = "waiting"  # no picture yet
    PAUSED = "paused"  # outside of its schedule
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A camera, its latest picture, and what to make of it."""

    camera: Camera
    state: SightState
    code: str = ""  # of the stream's error while down, why pictures are refused while degraded
    detail: str = ""  # one sentence, empty while live
    since: datetime | None = None
    grabber: str = ""
    snapshot_id: str = ""  # of the newest picture that was predicted
    captured_at: datetime | None = None
    age_seconds: float | None = None
    interval_seconds: float = 0.0  # between two shots as it is now; longer than the camera's own under overload

    def to_json(self) -> dict[str, Any]:
        """All of it; of the camera's own fields only where and what it is."""
        return {
            "camera_id": self.camera.id,
            "name": self.camera.name,
            "site": self.camera.site,
            "location": self.camera.location,
            "tags": list(self.camera.tags),
            "state": self.state.value,
            "code": self.code,
            "detail": self.detail,
            "since": self.since,
            "grabber": self.grabber,
            "snapshot_id": self.snapshot_id or None,
            "captured_at": self.captured_at,
            "age_seconds": None if self.age_seconds is None else round(self.age_seconds, 3),
            "desired_interval_seconds": self.camera.interval_seconds,
            "effective_interval_seconds": round(self.interval_seconds, 3),
        }


def stale_after(interval_seconds: float) -> float:
    """From how many seconds on a picture is old."""
    return max(STALE_INTERVALS * interval_seconds, STALE_SECONDS)


def judge(
    camera: Camera, status: CameraStatus | None, shot: Shot | None, *, now: datetime, level: float | None = None
) -> Sight:
    """What to make of a camera, given what its grabber last said and the newest predicted shot.

    `level`: of the pace that grabbers keep to under overload.
    """
    interval = effective_interval(camera, level)
    captured_at = (shot.captured_at or shot.scheduled_at) if shot else None
    age = max(0.0, (now - captured_at).total_seconds()) if captured_at else None
    state, detail = _state(camera, status, age, now, stale_after(interval))
    is_told = state in (SightState.DOWN, SightState.DEGRADED) and status is not None
    return Sight(
        camera=camera,
        state=state,
        code=status.error_code if is_told and status else "",
        detail=detail,
        since=status.since if status else None,
        grabber=status.grabber if status else "",
        snapshot_id=shot.id if shot else "",
        captured_at=captured_at,
        age_seconds=age,
        interval_seconds=interval,
    )


def _state(
    camera: Camera, status: CameraStatus | None, age: float | None, now: datetime, oldest: float
) -> tuple[SightState, str]:
    if not camera.enabled:
        return SightState.DISABLED, t("state.disabled.detail")
    if camera.schedule is not None and not camera.schedule.is_active(now):
        return SightState.PAUSED, t("state.paused.detail")
    if status is not None and status.state is CameraState.DOWN:
        return SightState.DOWN, status.error or t("state.down.detail")
    if status is not None and status.state is CameraState.DEGRADED:
        return SightState.DEGRADED, status.error or t("state.degraded.detail")
    if age is not None and age <= oldest:
        return SightState.LIVE, ""
    if status is None:
        return SightState.WAITING if age is None else SightState.STALE, t("state.unwatched.detail")
    if age is None:
        return SightState.WAITING, t("state.waiting.detail")
    return SightState.STALE, t("state.stale.detail")


def read_statuses(coordination: Coordination, camera_ids: Sequence[str]) -> dict[str, CameraStatus]:
    """What the grabbers last said of these cameras; one that nobody watches is missing."""
    values = coordination.get_many([status_key(camera_id) for camera_id in camera_ids])
    found = {}
    for camera_id, value in zip(camera_ids, values, strict=True):
        if value is None:
            continue
        try:
            found[camera_id] = _statuses.validate_json(value)
        except ValidationError:
            log.warning("camera.status_unreadable", camera_id=camera_id)
    return found
