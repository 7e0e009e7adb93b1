"""Whether the sums that are kept for fast queries are those of the hours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Table, cast, extract, func, or_, select, union_all

from common.adapters.database.session import Session
from common.adapters.database.statistics_rows import SUMS, WHOLE
from common.adapters.database.tables import statistics, statistics_of_all, statistics_of_days

SECONDS = {"day": 86_400, "hour": 3_600}  # that a row of such a column stands for
TOLERANCE = 0.001  # of reaction seconds, which are no whole numbers
_NUMBER = "number"  # of the hour or day, since 1970


def missing_of_days(session: Session) -> list[dict[str, Any]]:
    """What to add to the days, also negative numbers."""
    hours = [statistics.c.camera_id, statistics.c.zone, _number(statistics.c.hour, "day")]
    return _missing(session, statistics_of_days, select(*hours, *_numbers(statistics)))


def missing_of_all(session: Session) -> list[dict[str, Any]]:
    """What to add to the hours of all cameras, also negative numbers."""
    hours = select(_number(statistics.c.hour, "hour"), *_numbers(statistics))
    return _missing(session, statistics_of_all, hours.where(statistics.c.zone == WHOLE))


def _missing(session: Session, table: Table, right: Select[Any]) -> list[dict[str, Any]]:
    """One statement reads both: what is counted meanwhile is in both sums or in none."""
    *places, moment = table.primary_key
    known = select(*places, _number(moment, moment.name), *_numbers(table, sign=-1))
    rows = union_all(right, known).subquery()
    keys = [*(rows.c[place.name] for place in places), rows.c[_NUMBER]]
    sums = [func.sum(rows.c[name]) for name in SUMS]
    is_wrong = or_(*(func.abs(each) > TOLERANCE for each in sums))
    named = (each.label(name) for name, each in zip(SUMS, sums, strict=True))
    found = session.rows(select(*keys, *named).group_by(*keys).having(is_wrong))
    return [{**row, moment.name: datetime.fromtimestamp(row[_NUMBER] * SECONDS[moment.name], tz=UTC)} for row in found]


def _number(moment: ColumnElement[Any], name: str) -> ColumnElement[int]:
    seconds: ColumnElement[int] = cast(extract("epoch", moment), BigInteger)
    return (seconds // SECONDS[name]).label(_NUMBER)


def _numbers(table: Table, *, sign: int = 1) -> list[ColumnElement[Any]]:
    return [(sign * table.c[name]).label(name) for name in SUMS]
