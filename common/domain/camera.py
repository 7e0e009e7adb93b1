"""A registered camera and its zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.schedule import Schedule

Point = tuple[float, float]


class ZoneMode(StrEnum):
    """Whether faces in the zone count (watch) or never do (ignore)."""

    WATCH = "watch"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A named part of the picture."""

    name: str
    polygon: tuple[Point, ...]  # corners, each 0..1 of the picture's width and height, origin top left
    mode: ZoneMode = ZoneMode.WATCH


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera to take a shot of every `interval_seconds`. Its URL never holds the user or the password."""

    id: str
    name: str  # unique
    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    interval_seconds: float = 5.0  # 0.5..3600
    weight: float = 1.0  # above 0, at most 100: under overload a camera of weight 2 may take twice as many shots
    site: str = ""
    location: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    zones: tuple[Zone, ...] = ()
    min_face_px: int = 0  # shorter side of a face's box, in pixels of the snapshot; smaller faces do not count
    schedule: Schedule | None = None  # None: always
    retention_days: int = 30
    blur_faces: bool = False
    revision: int = 1  # grows with every change; a supervisor restarts when it differs
    created_at: datetime
