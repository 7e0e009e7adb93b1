"""Hourly counts in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, RowMapping, func, select

from common.adapters.database.session import Session
from common.adapters.database.tables import faces_column, people_column, shots_column, statistics
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics

_SHOTS = {shots_column(outcome): outcome for outcome in Outcome}
_FACES = {faces_column(label): label for label in Label}
_PEOPLE = {people_column(label): label for label in Label}
_COUNTS = (*_SHOTS, *_FACES, *_PEOPLE, "events", "alerts", "acknowledged")
_SUMS = (*_COUNTS, "reaction_seconds")
_KEY = ("camera_id", "zone", "hour")


class SqlStatistics:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        camera_id: str,
        at: datetime,
        *,
        zone: str = "",
        shots: dict[Outcome, int] | None = None,
        faces: dict[Label, int] | None = None,
        people: dict[Label, int] | None = None,
        events: int = 0,
        alerts: int = 0,
        acknowledged: int = 0,
        reaction_seconds: float = 0.0,
    ) -> None:
        counted = Statistics(
            start=at.astimezone(UTC).replace(minute=0, second=0, microsecond=0),
            camera_id=camera_id,
            zone=zone,
            shots=shots or {},
            faces=faces or {},
            people=people or {},
            events=events,
            alerts=alerts,
            acknowledged=acknowledged,
            reaction_seconds=reaction_seconds,
        )
        self.add_many([counted])

    def add_many(self, counts: Iterable[Statistics]) -> None:
        # The database adds, not this process: two analyzers at once lose nothing. In one order, so that they wait
        # for each other's rows and never both at once.
        rows = sorted((_row(each) for each in counts), key=itemgetter(*_KEY))
        statement = self._session.insert(statistics)
        grown = {name: statistics.c[name] + statement.excluded[name] for name in _SUMS}
        self._session.run_many(
            statement.on_conflict_do_update(index_elements=_KEY, set_=grown),
            [row for row in rows if any(row[name] for name in _SUMS)],
        )

    def query(
        self,
        *,
        by: Grouping,
        start: datetime | None = None,
        end: datetime | None = None,
        camera_id: str | None = None,
    ) -> list[Statistics]:
        key: Column[Any] = statistics.c.camera_id if by is Grouping.CAMERA else statistics.c.hour
        sums = [func.sum(statistics.c[name]).label(name) for name in _SUMS]
        query = select(key.label("key"), *sums).where(statistics.c.zone == "").group_by(key).order_by(key)
        if start is not None:
            query = query.where(statistics.c.hour >= start)
        if end is not None:
            query = query.where(statistics.c.hour < end)
        if camera_id is not None:
            query = query.where(statistics.c.camera_id == camera_id)
        rows = self._session.rows(query)
        if by is Grouping.CAMERA:
            return [_statistics([row], camera_id=row["key"]) for row in rows]
        groups = _grouped(rows, _midnight if by is Grouping.DAY else lambda hour: hour)
        return [_statistics(group, start=moment, camera_id=camera_id) for moment, group in groups.items()]


def _row(counted: Statistics) -> dict[str, Any]:
    return {
        **dict.fromkeys(_COUNTS, 0),
        "camera_id": counted.camera_id or "",
        "zone": counted.zone or "",
        "hour": counted.start,
        **{shots_column(outcome): count for outcome, count in counted.shots.items()},
        **{faces_column(label): count for label, count in counted.faces.items()},
        **{people_column(label): count for label, count in counted.people.items()},
        "events": counted.events,
        "alerts": counted.alerts,
        "acknowledged": counted.acknowledged,
        "reaction_seconds": counted.reaction_seconds,
    }


def _grouped(rows: Iterable[RowMapping], floor: Callable[[datetime], datetime]) -> dict[datetime, list[RowMapping]]:
    # Days are made of hours here: the two databases truncate dates in different words.
    groups: dict[datetime, list[RowMapping]] = defaultdict(list)
    for row in rows:
        groups[floor(row["key"])].append(row)
    return groups


def _midnight(hour: datetime) -> datetime:
    return hour.replace(hour=0)


def _statistics(rows: list[RowMapping], *, start: datetime | None = None, camera_id: str | None = None) -> Statistics:
    totals = {name: sum(int(row[name]) for row in rows) for name in _COUNTS}
    return Statistics(
        start=start,
        camera_id=camera_id,
        shots={outcome: totals[name] for name, outcome in _SHOTS.items() if totals[name]},
        faces={label: totals[name] for name, label in _FACES.items() if totals[name]},
        people={label: totals[name] for name, label in _PEOPLE.items() if totals[name]},
        events=totals["events"],
        alerts=totals["alerts"],
        acknowledged=totals["acknowledged"],
        reaction_seconds=sum(float(row["reaction_seconds"]) for row in rows),
    )
