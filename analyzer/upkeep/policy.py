"""How long what is kept: the operator's limits, and the reason why a picture goes."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from analyzer.upkeep.pages import Picture
from common.domain.camera import Camera

REMOVED_CAMERA_DAYS = 30  # a removed camera can no longer say; a new one's default
KEPT_AT_LEAST = timedelta(hours=1)  # younger ones may be on their way to the models, whatever the limits say


class Reason(StrEnum):
    """Why a picture goes."""

    AGE = "age"  # older than its camera keeps them
    CLEAN = "clean"  # nobody in it is at fault, and it is older than such are kept
    SIZE = "size"  # the store is over its bound, and it is among the oldest


@dataclass(frozen=True, kw_only=True)
class Policy:
    """None: no such limit. An alert's picture and rows stay as long as the alert; statistics stay for ever."""

    keep_clean: timedelta | None = None
    keep_alerts: timedelta | None = None  # after they fired, once they are resolved
    limit_bytes: int | None = None  # of all pictures together
    keep_crops: timedelta = timedelta(hours=72)  # faces at fault of cameras that blur; since their picture was due
    keep_audit: timedelta | None = None
    keep_feedback: timedelta | None = None  # since somebody said it; with the faces that were kept of it


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The policy for one camera's pictures, at one moment."""

    aged_before: datetime
    clean_before: datetime | None = None
    over_before: datetime | None = None
    faultless: Set[str] = field(default_factory=frozenset)  # shot ids
    shown: Set[str] = field(default_factory=frozenset)  # keys that an alert or an open event shows


def aged_before(camera: Camera | None, now: datetime) -> datetime:
    """What was scheduled earlier is too old; `camera`: None when it was removed."""
    return now - timedelta(days=camera.retention_days if camera else REMOVED_CAMERA_DAYS)


def reason_to_go(picture: Picture, limits: Limits) -> Reason | None:
    """Why the picture goes, or None: it stays."""
    at = picture.scheduled_at
    if picture.key in limits.shown:
        return None
    if at < limits.aged_before:
        return Reason.AGE
    if limits.clean_before is not None and at < limits.clean_before and picture.shot_id in limits.faultless:
        return Reason.CLEAN
    if limits.over_before is not None and at < limits.over_before:
        return Reason.SIZE
    return None
