"""Sums of hourly counts, made in the database from the fewest rows that hold them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from common.adapters.database.session import Session
from common.adapters.database.statistics_days import (
    Offsets,
    day_number,
    hour_of_week,
    offsets,
    start_of,
    whole_days,
)
from common.adapters.database.statistics_rows import SHOTS, SUMS, WHOLE, from_numbers
from common.adapters.database.tables import cameras, statistics, statistics_of_all, statistics_of_days
from common.domain.statistics import Grouping, Statistics

Condition = ColumnElement[bool]
Key = tuple[Any, ...]  # what a row stands for
Sums = dict[Key, tuple[Any, ...]]  # in the order of SUMS
_KEY = "stands_for"  # no column has that name: PostgreSQL would take the column


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked; see StatisticsRows.query in common/ports/repository.py."""

    by: Grouping
    start: datetime | None
    end: datetime | None
    camera_id: str | None
    camera_ids: frozenset[str] | None
    site: str | None
    zone: str | None
    timezone: tzinfo

    @property
    def is_in_utc(self) -> bool:
        """Whether days are those that are kept."""
        return str(self.timezone) == "UTC"  # datetime's own, or the IANA database's

    @property
    def is_of_zones(self) -> bool:
        """Whether only what was seen in zones counts."""
        return self.by is Grouping.ZONE or self.zone is not None

    @property
    def is_of_all(self) -> bool:
        """Whether every camera counts."""
        return self.camera_id is None and self.camera_ids is None and self.site is None and not self.is_of_zones


class StatisticsQuery:
    """One question, answered once."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        self._session = session
        self._wanted = wanted

    def rows(self) -> list[Statistics]:
        """The answer, in its order."""
        sums = self._sums(is_whole=not self._wanted.is_of_zones)
        if self._wanted.is_of_zones:
            sums = self._with_shots(sums, self._sums(is_whole=True))
        return [self._row(key, sums[key]) for key in sorted(sums)]

    def _with_shots(self, seen: Sums, due: Sums) -> Sums:
        """A zone is looked at whenever its camera is: shots are counted of whole pictures."""
        nothing, until = (0,) * len(SUMS), len(SHOTS)
        if self._wanted.by is Grouping.ZONE:
            return {key: due.get((key[0], WHOLE), nothing)[:until] + seen[key][until:] for key in seen}
        return {key: due.get(key, nothing)[:until] + seen.get(key, nothing)[until:] for key in {*seen, *due}}

    def _sums(self, *, is_whole: bool) -> Sums:
        return self._from_hours(is_whole=is_whole) if self._is_of_hours else self._from_days(is_whole=is_whole)

    @property
    def _is_of_hours(self) -> bool:
        """Whether days cannot help; of all cameras together there are few hours."""
        wanted = self._wanted
        match wanted.by:
            case Grouping.HOUR | Grouping.WEEKDAY_HOUR:
                return True
            case Grouping.DAY:
                return wanted.is_of_all or not wanted.is_in_utc
            case Grouping.TOTAL:
                return wanted.is_of_all
            case _:
                return False

    def _from_hours(self, *, is_whole: bool) -> Sums:
        wanted = self._wanted
        table = statistics_of_all if wanted.is_of_all else statistics
        within = [*self._conditions(table, is_whole=is_whole), *_between(table.c.hour, *self._span)]
        if wanted.by is Grouping.HOUR and (wanted.is_of_all or wanted.camera_id is not None):  # one row each
            return self._keyed(select(table.c.hour, *(table.c[name] for name in SUMS)).where(*within), width=1)
        key = self._key_of_hour(table, within)
        sums = [func.sum(table.c[name]) for name in SUMS]
        query = select(key.label(_KEY), *sums).where(*within).group_by(literal_column(_KEY))
        return self._keyed(query, width=1)

    def _key_of_hour(self, table: Table, within: list[Condition]) -> ColumnElement[Any]:
        match self._wanted.by:
            case Grouping.DAY:
                return day_number(table.c.hour, self._offsets(table, within))
            case Grouping.WEEKDAY_HOUR:
                return hour_of_week(table.c.hour, self._offsets(table, within))
            case Grouping.TOTAL:
                return literal(0)
            case _:
                return table.c.hour

    def _from_days(self, *, is_whole: bool) -> Sums:
        """Where days lie in the span as a whole; from hours before and after these."""
        start, end = self._span
        first, last = whole_days(start, end)
        parts = []
        if first is None or last is None or first < last:
            parts.append(self._part(statistics_of_days, "day", first, last, is_whole=is_whole))
            edges = [(start, first) if start != first else None, (last, end) if last != end else None]
        else:
            edges = [(start, end)]
        parts += [self._part(statistics, "hour", *edge, is_whole=is_whole) for edge in edges if edge]
        rows = union_all(*parts).subquery("counted")
        keys, source = self._keys(rows)
        named = [key.label(f"{_KEY}_{number}") for number, key in enumerate(keys)]
        sums = [func.sum(rows.c[name]) for name in SUMS]
        query = select(*named, *sums).select_from(source).group_by(*(literal_column(key.name) for key in named))
        return self._keyed(query, width=len(keys))

    def _part(
        self, table: Table, moment: str, start: datetime | None, end: datetime | None, *, is_whole: bool
    ) -> Select[Any]:
        within = [*self._conditions(table, is_whole=is_whole), *_between(table.c[moment], start, end)]
        columns = (table.c.camera_id, table.c.zone, table.c[moment].label("moment"))
        return select(*columns, *(table.c[name] for name in SUMS)).where(*within)

    def _keys(self, rows: Subquery) -> tuple[list[ColumnElement[Any]], FromClause]:
        """What a row stands for, and where that is found."""
        match self._wanted.by:
            case Grouping.SITE:
                site = func.coalesce(cameras.c.site, "")
                return [site], rows.outerjoin(cameras, cameras.c.id == rows.c.camera_id)
            case Grouping.ZONE:
                return [rows.c.camera_id, rows.c.zone], rows
            case Grouping.DAY:
                return [day_number(rows.c.moment)], rows
            case Grouping.TOTAL:
                return [literal(0)], rows
            case _:
                return [rows.c.camera_id], rows

    def _conditions(self, table: Table, *, is_whole: bool) -> list[Condition]:
        wanted = self._wanted
        if table is statistics_of_all:
            return []  # the table holds nothing else
        found: list[Condition] = [table.c.zone == WHOLE if is_whole else table.c.zone != WHOLE]
        if wanted.zone is not None:
            days = statistics_of_days.c
            has_zone = table.c.camera_id.in_(select(days.camera_id).where(days.zone == wanted.zone))
            found.append(has_zone if is_whole else table.c.zone == wanted.zone)
        if wanted.camera_id is not None:
            found.append(table.c.camera_id == wanted.camera_id)
        if wanted.camera_ids is not None:
            found.append(table.c.camera_id.in_(sorted(wanted.camera_ids)))
        if wanted.site is not None:
            found.append(table.c.camera_id.in_(select(cameras.c.id).where(cameras.c.site == wanted.site)))
        return found

    @property
    def _span(self) -> tuple[datetime | None, datetime | None]:
        return self._wanted.start, self._wanted.end

    def _offsets(self, table: Table, within: list[Condition]) -> Offsets:
        if self._wanted.is_in_utc:
            return ()
        first, last = self._span
        if first is None or last is None:
            query = select(func.min(table.c.hour).label("first"), func.max(table.c.hour).label("last")).where(*within)
            [row] = self._session.rows(query)
            first, last = first or row["first"], last or row["last"]
        return offsets(self._wanted.timezone, first, last) if first is not None and last is not None else ()

    def _keyed(self, query: Select[Any], *, width: int) -> Sums:
        return {row[:width]: row[width:] for row in self._session.tuples(query)}

    def _row(self, key: Key, sums: tuple[Any, ...]) -> Statistics:
        zone, camera_id = self._wanted.timezone, self._wanted.camera_id
        match self._wanted.by:
            case Grouping.HOUR:
                return from_numbers(sums, start=key[0].astimezone(zone), camera_id=camera_id)
            case Grouping.DAY:
                return from_numbers(sums, start=start_of(key[0], zone), camera_id=camera_id)
            case Grouping.CAMERA:
                return from_numbers(sums, camera_id=key[0])
            case Grouping.SITE:
                return from_numbers(sums, site=key[0])
            case Grouping.ZONE:
                return from_numbers(sums, camera_id=key[0], zone=key[1])
            case Grouping.WEEKDAY_HOUR:
                weekday, hour = divmod(key[0], 24)
                return replace(from_numbers(sums, camera_id=camera_id), weekday=weekday, hour=hour)
            case Grouping.TOTAL:
                return from_numbers(sums, camera_id=camera_id)


def _between(moment: ColumnElement[datetime], start: datetime | None, end: datetime | None) -> list[Condition]:
    found: list[Condition] = []
    if start is not None:
        found.append(moment >= start)
    if end is not None:
        found.append(moment < end)
    return found
