"""Days and weeks that a receiver is told the statistics of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.domain.receiver import Digest, Receiver

DAYS = {Digest.DAILY: 1, Digest.WEEKLY: 7}


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days of the receiver's time zone, told of at its hour of the day after."""

    name: str  # such as "daily/2026-03-01": its first day
    before: datetime  # when the period before it began
    start: datetime
    end: datetime  # exclusive
    due_at: datetime


def newest_due(receiver: Receiver, now: datetime) -> Period | None:
    """The newest period that is to be told of by now; None where the receiver wants none. Weeks begin on Mondays."""
    days = DAYS.get(receiver.digest)
    if days is None:
        return None
    zone = ZoneInfo(receiver.timezone)
    end = now.astimezone(zone).date()
    if receiver.digest is Digest.WEEKLY:
        end -= timedelta(days=end.weekday())
    if now < _moment(end, receiver.digest_hour, zone):
        end -= timedelta(days=days)
    start = end - timedelta(days=days)
    return Period(
        name=f"{receiver.digest.value}/{start.isoformat()}",
        before=_moment(start - timedelta(days=days), 0, zone),
        start=_moment(start, 0, zone),
        end=_moment(end, 0, zone),
        due_at=_moment(end, receiver.digest_hour, zone),
    )


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """In UTC, in which times of two sides of a clock change compare as they should."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
