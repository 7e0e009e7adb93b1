"""A schedule as JSON, checked field by field."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from common.domain.schedule import Schedule, Window

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError("is no known time zone, such as Europe/Berlin or Asia/Shanghai") from exc
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class WindowForm(BaseModel):
    """Hours on some weekdays; an end at or before the start runs over midnight."""

    model_config = ConfigDict(extra="forbid")
    days: list[Weekday] = Field(min_length=1)
    start: time
    end: time


class ScheduleForm(BaseModel):
    """Weekly windows in a time zone."""

    model_config = ConfigDict(extra="forbid")
    windows: list[WindowForm] = Field(min_length=1)
    timezone: TimeZone = "UTC"

    def to_schedule(self) -> Schedule:
        """The domain's value."""
        windows = tuple(Window(days=tuple(one.days), start=one.start, end=one.end) for one in self.windows)
        return Schedule(windows=windows, timezone=self.timezone)


def schedule_json(schedule: Schedule | None) -> dict[str, Any] | None:
    """The JSON that ScheduleForm reads."""
    if schedule is None:
        return None
    windows = [
        {"days": list(one.days), "start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}"} for one in schedule.windows
    ]
    return {"windows": windows, "timezone": schedule.timezone}
