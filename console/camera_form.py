"""A camera as JSON, checked field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from common.domain.camera import Camera, Point, Zone, ZoneMode
from common.domain.urls import redact
from console.camera_url import split_credentials
from console.polygon import fault_of
from console.schedule_form import ScheduleForm, schedule_json


def _one_line(value: str) -> str:
    """A line break in a name makes two lines of a log or a message's header of it; no database keeps a NUL."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise ValueError("holds line breaks or other control characters")
    return value


OneLine = AfterValidator(_one_line)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), OneLine]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), OneLine]


def _known_kind(value: str) -> str:
    split_credentials(value)
    return value.strip()


Url = Annotated[str, OneLine, AfterValidator(_known_kind)]
Relative = Annotated[float, Field(ge=0, le=1)]  # of the picture's width or height


def _simple(polygon: list[Point]) -> list[Point]:
    fault = fault_of(polygon)
    if fault:
        raise ValueError(fault)
    return polygon


def _named_apart(zones: list[ZoneForm]) -> list[ZoneForm]:
    names = [zone.name for zone in zones]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two zones are called {twice!r}")
    return zones


class ZoneForm(BaseModel):
    """A named polygon; corners relative to the picture, origin top left."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    polygon: Annotated[list[tuple[Relative, Relative]], AfterValidator(_simple)] = Field(min_length=3, max_length=100)
    mode: ZoneMode = ZoneMode.WATCH


class CameraForm(BaseModel):
    """What an operator may say of a camera. A user and password inside the URL are moved to their own fields."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    url: Url = Field(min_length=1, max_length=2000, examples=["rtsp://192.168.1.20/stream1"])
    username: Text | None = None
    password: Annotated[str, OneLine] | None = Field(None, max_length=200, repr=False, description="write-only")
    interval_seconds: float = Field(5.0, ge=0.5, le=3600, allow_inf_nan=False)
    weight: float = Field(1.0, ge=0.01, le=100, allow_inf_nan=False, description="share of the shots under overload")
    site: Text = ""
    location: Text = ""
    tags: list[Name] = []
    enabled: bool = True
    zones: Annotated[list[ZoneForm], AfterValidator(_named_apart)] = Field([], max_length=50)
    min_face_px: int = Field(0, ge=0, le=10_000)
    schedule: ScheduleForm | None = None
    retention_days: int = Field(30, ge=1, le=3650)
    blur_faces: bool = False

    def to_camera(self, *, camera_id: str, created_at: datetime) -> Camera:
        """The domain's value, of revision 1."""
        address = split_credentials(self.url)
        return Camera(
            id=camera_id,
            name=self.name,
            url=address.url,
            username=address.username or self.username or None,
            password=self.password if address.password is None else address.password,
            interval_seconds=self.interval_seconds,
            weight=self.weight,
            site=self.site,
            location=self.location,
            tags=tuple(dict.fromkeys(self.tags)),
            enabled=self.enabled,
            zones=tuple(Zone(name=one.name, polygon=tuple(one.polygon), mode=one.mode) for one in self.zones),
            min_face_px=self.min_face_px,
            schedule=self.schedule.to_schedule() if self.schedule else None,
            retention_days=self.retention_days,
            blur_faces=self.blur_faces,
            created_at=created_at,
        )


def camera_fields(camera: Camera) -> dict[str, Any]:
    """The JSON that CameraForm reads, without the password, and with `***` for secrets inside the URL."""
    zones = [
        {"name": one.name, "polygon": [list(point) for point in one.polygon], "mode": one.mode.value}
        for one in camera.zones
    ]
    return {
        "name": camera.name,
        "url": redact(camera.url),
        "username": camera.username,
        "interval_seconds": camera.interval_seconds,
        "weight": camera.weight,
        "site": camera.site,
        "location": camera.location,
        "tags": list(camera.tags),
        "enabled": camera.enabled,
        "zones": zones,
        "min_face_px": camera.min_face_px,
        "schedule": schedule_json(camera.schedule),
        "retention_days": camera.retention_days,
        "blur_faces": camera.blur_faces,
    }


def changed(camera: Camera, form: CameraForm) -> Camera:
    """The camera as the form says, with its identity and age kept."""
    return replace(form.to_camera(camera_id=camera.id, created_at=camera.created_at), revision=camera.revision)
