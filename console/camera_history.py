"""How well a camera was watched, hour by hour: coverage, and how long it really was from picture to picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.domain.camera import Camera
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from common.errors import InvalidInput
from console.context import Console
from console.scene import read_sight

SPAN = timedelta(days=1)  # when nothing is asked for
LONGEST = timedelta(days=31)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class CameraHistory:
    """The hours that begin in [start, end), and the interval as it is now."""

    camera: Camera
    start: datetime
    end: datetime
    effective_interval_seconds: float
    hours: tuple[Statistics, ...]
    read_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Hours without any scheduled shot are there, too: nobody looked then."""
        total = Statistics()
        for hour in self.hours:
            total = total.plus(hour)
        return {
            "camera_id": self.camera.id,
            "from": self.start,
            "to": self.end,
            "desired_interval_seconds": self.camera.interval_seconds,
            "effective_interval_seconds": round(self.effective_interval_seconds, 3),
            **_counts(total),
            "hours": [self._hour(hour) for hour in self.hours],
        }

    def _hour(self, hour: Statistics) -> dict[str, Any]:
        seen = hour.shots.get(Outcome.PREDICTED, 0)
        watched = _watched_seconds(self.camera, hour.start or self.start, self.read_at)
        return {
            "start": hour.start,
            **_counts(hour),
            "faces": {label.value: hour.faces.get(label, 0) for label in Label},
            "seconds_per_picture": round(watched / seen, 2) if seen else None,
        }


def read_history(
    console: Console, camera_id: str, *, start: datetime | None = None, end: datetime | None = None
) -> CameraHistory:
    """The last day when no bounds are given. Raises NotFound; InvalidInput for bounds that make no sense."""
    now = console.clock()
    end = end or now
    start = start or end - SPAN
    if not timedelta() < end - start <= LONGEST:
        raise InvalidInput(f"`to` must be later than `from`, by at most {LONGEST.days} days")
    sight = read_sight(console, camera_id)
    with console.repository.begin() as unit:
        rows = unit.statistics.query(by=Grouping.HOUR, start=_whole(start), end=end, camera_id=camera_id)
    known = {row.start: row for row in rows}
    hours = tuple(known.get(at) or Statistics(start=at) for at in _hours(_whole(start), end))
    return CameraHistory(
        camera=sight.camera,
        start=start,
        end=end,
        effective_interval_seconds=sight.interval_seconds,
        hours=hours,
        read_at=now,
    )


def _counts(row: Statistics) -> dict[str, Any]:
    return {
        "scheduled": row.scheduled,
        "coverage": row.coverage,
        "shots": {outcome.value: row.shots.get(outcome, 0) for outcome in Outcome},
    }


def _watched_seconds(camera: Camera, hour: datetime, now: datetime) -> float:
    """How much of the hour has passed within the camera's schedule, as it is now; to the minute."""
    over = min(hour + HOUR, now)
    if camera.schedule is None:
        return max(0.0, (over - hour).total_seconds())
    minutes = (hour + MINUTE * number for number in range(60))
    return 60.0 * sum(minute < over and camera.schedule.is_active(minute) for minute in minutes)


def _whole(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += HOUR
