"""Days, and hours of a week, made of hours in the words that both databases understand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
EPOCH = date(1970, 1, 1)
WEEK_HOURS = 168
THURSDAY = 72  # hours of a week before it, which 1970-01-01 was

Offsets = Sequence[tuple[datetime, int]]  # from when on, seconds ahead of UTC; ascending


def whole_days(start: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime | None]:
    """The UTC days that lie in [start, end) with all their hours, as such an interval; empty: its end is not later."""
    first = start and -(-(start - _ZERO) // DAY) * DAY + _ZERO
    last = end and (end - _ZERO) // DAY * DAY + _ZERO
    return first, last


_ZERO = datetime.combine(EPOCH, time(), UTC)


def offsets(zone: tzinfo, first: datetime, last: datetime) -> Offsets:
    """The time zone's, for the hours from `first` to `last`: a new one each time that its clocks are changed.

    They are looked at once a day: no zone changes its clocks twice in one.
    """
    at = first.astimezone(UTC)
    found = [(at, _ahead(zone, at))]
    while at < last:
        before, at = at, at + DAY
        if _ahead(zone, at) != found[-1][1]:
            changed = next(
                hour for hour in (before + count * HOUR for count in range(1, 25)) if _ahead(zone, hour) != found[-1][1]
            )
            found.append((changed, _ahead(zone, changed)))
    return found


def _ahead(zone: tzinfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds())


def day_number(hour: ColumnElement[Any], ahead: Offsets = ()) -> ColumnElement[int]:
    """Days since 1970 of the day in which the hour begins, where clocks are so far ahead of UTC."""
    return _local_seconds(hour, ahead) // int(DAY.total_seconds())


def hour_of_week(hour: ColumnElement[Any], ahead: Offsets = ()) -> ColumnElement[int]:
    """0 (Monday at 0:00) … 167 of the hour in which it begins there."""
    return (_local_seconds(hour, ahead) // int(HOUR.total_seconds()) + THURSDAY) % WEEK_HOURS


def _local_seconds(hour: ColumnElement[Any], ahead: Offsets) -> ColumnElement[int]:
    seconds: ColumnElement[int] = cast(extract("epoch", hour), BigInteger)
    if ahead:
        branches = [(hour < until, offset) for (until, _), (_, offset) in zip(ahead[1:], ahead[:-1], strict=True)]
        latest = ahead[-1][1]
        seconds = seconds + (case(*branches, else_=latest) if branches else latest)
    return seconds


def start_of(number: int, zone: tzinfo) -> datetime:
    """When that day begins there."""
    return datetime.combine(EPOCH + number * DAY, time(), zone)
