"""Firings and messages, added up and day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from analyzer.backtest.messages import Sent
from analyzer.backtest.replay import Told
from common.domain.backtest import Backtest, BacktestDay, Firing
from common.domain.event import Event
from common.domain.rule import Rule

MOST_LISTED = 1000  # firings, one by one; the sums know all of them


def summarise(
    rule: Rule,
    told: Iterable[Told],
    sent: Sequence[Sent],
    *,
    start: datetime,
    end: datetime,
    cameras: int,
    pictures: int,
    is_complete: bool,
) -> Backtest:
    """All of it; `told` in the order of time."""
    last: dict[str, Event] = {each.turn.event.id: each.turn.event for each in told}
    firings = sorted((_firing(event) for event in last.values()), key=lambda one: (one.fired_at, one.camera_id))
    zone = ZoneInfo(rule.schedule.timezone) if rule.schedule else UTC
    return Backtest(
        start=start,
        end=end,
        cameras=cameras,
        pictures=pictures,
        fired=len(firings),
        seconds=sum(firing.seconds for firing in firings),
        people=max((firing.people for firing in firings), default=0),
        messages=dict(Counter(message.kind for message in sent)),
        receivers=tuple(sorted({message.receiver for message in sent if message.receiver})),
        days=tuple(_days(firings, sent, start=start, end=end, zone=zone)),
        firings=tuple(firings[:MOST_LISTED]),
        is_complete=is_complete,
    )


def _firing(event: Event) -> Firing:
    return Firing(
        camera_id=event.camera_id,
        started_at=event.started_at,
        fired_at=event.fired_at or event.started_at,
        resolved_at=event.resolved_at,
        people=event.peak_count,
        snapshot_id=event.snapshot_id,
        reason=event.reason,
    )


def _days(
    firings: Sequence[Firing], sent: Sequence[Sent], *, start: datetime, end: datetime, zone: tzinfo
) -> Iterator[BacktestDay]:
    fired: defaultdict[date, list[Firing]] = defaultdict(list)
    for firing in firings:
        fired[firing.fired_at.astimezone(zone).date()].append(firing)
    messages = Counter(message.at.astimezone(zone).date() for message in sent)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        yield BacktestDay(
            day=day,
            fired=len(fired[day]),
            seconds=sum(firing.seconds for firing in fired[day]),
            people=max((firing.people for firing in fired[day]), default=0),
            messages=messages[day],
        )
        day += timedelta(days=1)
