"""Hourly counts in the database, and the sums of them that are kept for fast queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, tzinfo
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, select

from common.adapters.database.session import Session
from common.adapters.database.statistics_mending import missing_of_all, missing_of_days
from common.adapters.database.statistics_query import StatisticsQuery, Wanted
from common.adapters.database.statistics_rows import SUMS, WHOLE, day_of, from_numbers, hour_of, numbers_of
from common.adapters.database.tables import statistics, statistics_of_all, statistics_of_days
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics

Row = dict[str, Any]


class SqlStatistics:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        camera_id: str,
        at: datetime,
        *,
        zone: str = WHOLE,
        shots: dict[Outcome, int] | None = None,
        faces: dict[Label, int] | None = None,
        people: dict[Label, int] | None = None,
        events: int = 0,
        alerts: int = 0,
        acknowledged: int = 0,
        reaction_seconds: float = 0.0,
    ) -> None:
        counted = Statistics(
            start=at,
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
        rows = [_row(each) for each in counts]
        self._add(statistics, rows)
        self._add(statistics_of_days, rows)
        # Last, since all wait for the row of this hour who count in it: it is held for the shortest time.
        self._add(statistics_of_all, [row for row in rows if row["zone"] == WHOLE])

    def query(
        self,
        *,
        by: Grouping,
        start: datetime | None = None,
        end: datetime | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        site: str | None = None,
        zone: str | None = None,
        timezone: tzinfo = UTC,
    ) -> list[Statistics]:
        wanted = Wanted(
            by=by,
            start=start,
            end=end,
            camera_id=camera_id,
            camera_ids=None if camera_ids is None else frozenset(camera_ids),
            site=site,
            zone=zone,
            timezone=timezone,
        )
        return StatisticsQuery(self._session, wanted).rows()

    def hours(self, camera_id: str, *, start: datetime, end: datetime) -> list[Statistics]:
        its = select(statistics).where(statistics.c.camera_id == camera_id)
        within = its.where(statistics.c.hour >= start, statistics.c.hour < end).with_for_update()
        return [
            from_numbers(
                tuple(row[name] for name in SUMS), start=row["hour"], camera_id=row["camera_id"], zone=row["zone"]
            )
            for row in self._session.rows(within.order_by(statistics.c.zone, statistics.c.hour))
        ]

    def mend(self, *, is_dry_run: bool = False) -> int:
        days, all_hours = missing_of_days(self._session), missing_of_all(self._session)
        if not is_dry_run:
            self._add(statistics_of_days, days)
            self._add(statistics_of_all, all_hours)
        return len(days) + len(all_hours)

    def _add(self, table: Table, rows: Iterable[Row]) -> None:
        """Add each to the table's row of the same key."""
        keys = [column.name for column in table.primary_key]
        sums: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            key = tuple(row[name] for name in keys)
            known = sums.setdefault(key, dict(zip(keys, key, strict=True)) | dict.fromkeys(SUMS, 0))
            for name in SUMS:
                known[name] += row[name]
        self._upsert(table, [row for row in sums.values() if any(row[name] for name in SUMS)])

    def _upsert(self, table: Table, rows: list[Row]) -> None:
        # The database adds, not this process: two analyzers at once lose nothing. In one order, so that they wait
        # for each other's rows and never both at once.
        keys = [column.name for column in table.primary_key]
        statement = self._session.insert(table)
        grown = {name: table.c[name] + statement.excluded[name] for name in SUMS}
        self._session.run_many(
            statement.on_conflict_do_update(index_elements=keys, set_=grown), sorted(rows, key=itemgetter(*keys))
        )


def _row(counted: Statistics) -> Row:
    assert counted.start is not None  # noqa: S101  # rows stand for hours
    return {
        "camera_id": counted.camera_id or "",
        "zone": counted.zone or WHOLE,
        "hour": hour_of(counted.start),
        "day": day_of(counted.start),
        **numbers_of(counted),
    }
