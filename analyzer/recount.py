"""The statistics counted again from what is stored, and put right where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from analyzer.accounting import count_alerts, count_faces, count_people
from analyzer.tally import WHOLE, Tally
from analyzer.upkeep.policy import aged_before
from analyzer.zones import look_at
from common.domain.camera import Camera
from common.domain.shot import Outcome
from common.domain.statistics import Statistics
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository, Unit

log = structlog.get_logger(__name__)

HOUR = timedelta(hours=1)
PIECE = timedelta(hours=6)  # of one camera in one unit: so long its pictures wait
LATE = timedelta(minutes=5)  # an alert says when its event fired, or did before late pictures moved that
SAME_SECONDS = 0.001  # sums of reaction times that differ by less differ by how they were rounded
MOST = 1_000_000  # more than a camera does in a piece

Key = tuple[str, datetime]  # zone, hour


@dataclass(kw_only=True)
class Recounted:
    """What was found."""

    hours: int = 0  # of one camera each, that were looked at
    left: int = 0  # of these left alone: some of their shots were removed
    changes: list[Statistics] = field(default_factory=list)  # what was added to rows, also negative numbers
    sums: int = 0  # of days, and of all cameras, that were not those of their hours


class Recount:
    """One run; safe beside all services, and again after a crash.

    What counted at its time by zones, rules and least sizes of faces counts by those of today.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        keep_alerts: timedelta | None = None,
        with_fewer: bool = False,
        is_dry_run: bool = False,
        clock: Clock = utc_now,
        on_progress: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """`with_fewer`: put right also the hours of which fewer shots are stored than were counted."""
        self._repository = repository
        self._keep_alerts = keep_alerts
        self._with_fewer = with_fewer
        self._is_dry_run = is_dry_run
        self._now = clock()
        self._on_progress = on_progress

    def run(
        self, *, camera_id: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> Recounted:
        """Look at the hours in [start, end) that are over and of which nothing was removed by age."""
        found = Recounted()
        with self._repository.begin() as unit:
            cameras = [each for each in unit.cameras.list() if camera_id in (None, each.id)]
        until = _floor(min(end or self._now, self._now))
        for camera in cameras:
            since = self._kept_since(camera)
            for piece in _pieces(max(since, _floor(start)) if start else since, until):
                with self._repository.begin() as unit:
                    self._recount(unit, camera, *piece, found)
        with self._repository.begin() as unit:
            found.sums = unit.statistics.mend(is_dry_run=self._is_dry_run)
        log.info("statistics.recounted", hours=found.hours, rows=len(found.changes), sums=found.sums)
        return found

    def _kept_since(self, camera: Camera) -> datetime:
        """The first hour of which nothing is removed by age before the run is over."""
        oldest = aged_before(camera, self._now)
        if self._keep_alerts is not None:
            oldest = max(oldest, self._now - self._keep_alerts)
        return _floor(oldest) + 2 * HOUR

    def _recount(self, unit: Unit, camera: Camera, start: datetime, end: datetime, found: Recounted) -> None:
        # Who counts must wait, before anything is read: predictions for the history, everything else for the rows.
        unit.histories.hold(camera.id)
        known = {_key(row): row for row in unit.statistics.hours(camera.id, start=start, end=end)}
        wanted = {_key(row): row for row in self._counted(unit, camera, start, end)}
        hours = {hour for _zone, hour in {*known, *wanted}}
        gone = {hour for hour in hours if _scheduled(wanted, hour) < _scheduled(known, hour) and not self._with_fewer}
        nothing = {key: Statistics(camera_id=camera.id, zone=key[0], start=key[1]) for key in {*known, *wanted}}
        differences = [
            _difference(known.get(key, nothing[key]), wanted.get(key, nothing[key]))
            for key in sorted(nothing)
            if key[1] not in gone
        ]
        changes = [each for each in differences if each is not None]
        if not self._is_dry_run:
            unit.statistics.add_many(changes)
        found.hours += len(hours)
        found.left += len(gone)
        found.changes += changes

    def _counted(self, unit: Unit, camera: Camera, start: datetime, end: datetime) -> list[Statistics]:
        tally = Tally()
        shots = unit.shots.list(camera_id=camera.id, after=start, before=end, limit=MOST)
        for shot in shots:
            tally.row(camera.id, shot.scheduled_at).shots[shot.outcome] += 1
        predicted = [shot.id for shot in shots if shot.outcome is Outcome.PREDICTED]
        for prediction in unit.predictions.get_many(predicted).values():
            count_faces(look_at(camera, prediction), prediction.scheduled_at, tally)
        came = unit.sightings.list(camera_id=camera.id, after=start, before=end, limit=MOST)
        count_people({}, {sighting.id: sighting for sighting in came}, tally)
        self._count_alerts(unit, camera, start, end, tally)
        self._on_progress(len(shots))
        return tally.rows()

    def _count_alerts(self, unit: Unit, camera: Camera, start: datetime, end: datetime, tally: Tally) -> None:
        alerts = unit.alerts.list(camera_id=camera.id, after=start - LATE, before=end + LATE, limit=MOST)
        rules = {rule.id: rule for rule in unit.rules.list()}
        events = unit.events.get_many(alert.event_id for alert in alerts)
        fired = {key: event for key, event in events.items() if event.fired_at and start <= event.fired_at < end}
        count_alerts({}, fired, rules, tally)
        for alert in alerts:
            if alert.acknowledged_at is not None and start <= alert.fired_at < end:
                rule = rules.get(alert.rule_id)
                for zone in {WHOLE, (rule.zone if rule else None) or WHOLE}:
                    row = tally.row(camera.id, alert.fired_at, zone)
                    row.acknowledged += 1
                    row.reaction_seconds += (alert.acknowledged_at - alert.fired_at).total_seconds()


def _floor(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + PIECE, end)
        start += PIECE


def _key(row: Statistics) -> Key:
    assert row.start is not None  # noqa: S101  # it is of an hour
    return row.zone or WHOLE, row.start


def _scheduled(rows: Mapping[Key, Statistics], hour: datetime) -> int:
    row = rows.get((WHOLE, hour))
    return row.scheduled if row is not None else 0


def _difference(known: Statistics, wanted: Statistics) -> Statistics | None:
    """What makes one of the other; None where they are the same."""
    change = wanted.plus(known, times=-1)
    if abs(change.reaction_seconds) < SAME_SECONDS:
        change = replace(change, reaction_seconds=0.0)
    nothing = Statistics(start=change.start, camera_id=change.camera_id, zone=change.zone)
    return change if change != nothing else None
