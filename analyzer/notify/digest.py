"""A digest: the figures of a period beside those of the one before, in words and as a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analyzer.notify.chart import Chart, Column
from analyzer.notify.facts import MOST_PLACES
from analyzer.notify.words import Words, spoken
from common.domain.notification import Notification
from common.domain.prediction import Label
from common.domain.receiver import Receiver
from common.domain.statistics import Grouping, Statistics
from common.ports.repository import Unit

HOURS = 24  # columns of a day; where clocks are put back, two hours share one


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was counted."""

    first: date
    last: date
    now: Statistics  # of all that is watched
    before: Statistics  # in the period before
    places: Sequence[tuple[str, Statistics]]  # sites where there are several, else cameras; most people first
    columns: Sequence[tuple[str, Statistics]]  # hours of a day, days of a week

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days + 1


def read_report(unit: Unit, notification: Notification, receiver: Receiver) -> Report:
    """The figures as they are by now; days are those of the receiver's time zone."""
    before, start, end = (datetime.fromisoformat(notification.facts[name]) for name in ("before", "start", "end"))
    zone = ZoneInfo(receiver.timezone)
    first, last = start.astimezone(zone).date(), (end - timedelta(hours=1)).astimezone(zone).date()
    by = Grouping.HOUR if first == last else Grouping.DAY
    over_time = unit.statistics.query(by=by, start=start, end=end, timezone=zone)
    earlier = unit.statistics.query(by=Grouping.DAY, start=before, end=start, timezone=zone)
    return Report(
        first=first,
        last=last,
        now=sum_up(over_time),
        before=sum_up(earlier),
        places=_places(unit, start, end),
        columns=_hours(over_time, zone) if by is Grouping.HOUR else _days(over_time, first, last, zone),
    )


def digest_facts(report: Report, receiver: Receiver, words: Words) -> dict[str, Any]:
    """Names and values, as docs/alerts.md lists them."""
    return {
        "days": report.days,
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "now": _told(report.now, words),
        "before": _told(report.before, words),
        "places": [{"name": name, **_told(row, words)} for name, row in report.places[:MOST_PLACES]],
        "more": max(0, len(report.places) - MOST_PLACES),
        "receiver": receiver.name,
    }


def chart_of(report: Report, words: Words) -> Chart:
    """People by label over the period, with the share of properly worn masks."""
    span = f"{report.first}" if report.first == report.last else f"{report.first} – {report.last}"
    return Chart(
        title=f"{words.chart_title} {span}",
        names={label: words.classes[label] for label in Label},
        line_name=words.compliance,
        columns=[
            Column(name=name, counts=row.people, share=row.compliance.value if row.compliance else None)
            for name, row in report.columns
        ],
    )


def sum_up(rows: Iterable[Statistics]) -> Statistics:
    """All of them together."""
    shots, faces, people = Counter[Any](), Counter[Any](), Counter[Any]()
    whole = list(rows)
    for row in whole:
        shots.update(row.shots)
        faces.update(row.faces)
        people.update(row.people)
    return Statistics(
        shots=dict(shots),
        faces=dict(faces),
        people=dict(people),
        events=sum(row.events for row in whole),
        alerts=sum(row.alerts for row in whole),
        acknowledged=sum(row.acknowledged for row in whole),
        reaction_seconds=sum(row.reaction_seconds for row in whole),
    )


def _told(row: Statistics, words: Words) -> dict[str, Any]:
    share, reaction = row.compliance, row.mean_reaction_seconds
    return {
        "people": sum(row.people.values()),
        "labels": [{"name": words.classes[label], "count": row.people.get(label, 0)} for label in Label],
        "compliance": share and _percent(share.value),
        "low": share and _percent(share.low),
        "high": share and _percent(share.high),
        "judged": share.n if share else 0,
        "scheduled": row.scheduled,
        "coverage": None if row.coverage is None else _percent(row.coverage),
        "alerts": row.alerts,
        "acknowledged": row.acknowledged,
        "reaction": None if reaction is None else spoken(reaction, words),
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _places(unit: Unit, start: datetime, end: datetime) -> list[tuple[str, Statistics]]:
    by_site = [(row.site or "", row) for row in unit.statistics.query(by=Grouping.SITE, start=start, end=end)]
    if sum(bool(site) for site, _row in by_site) > 1:
        found = by_site
    else:
        names = {camera.id: camera.name for camera in unit.cameras.list()}
        rows = unit.statistics.query(by=Grouping.CAMERA, start=start, end=end)
        found = [(names.get(row.camera_id or "", ""), row) for row in rows]
    return sorted(found, key=lambda one: (-sum(one[1].people.values()), one[0]))


def _hours(rows: Sequence[Statistics], zone: ZoneInfo) -> list[tuple[str, Statistics]]:
    of_hour: list[list[Statistics]] = [[] for _ in range(HOURS)]
    for row in rows:
        if row.start is not None:
            of_hour[row.start.astimezone(zone).hour].append(row)
    return [(str(hour), sum_up(some)) for hour, some in enumerate(of_hour)]


def _days(rows: Sequence[Statistics], first: date, last: date, zone: ZoneInfo) -> list[tuple[str, Statistics]]:
    by_day = {row.start.astimezone(zone).date(): row for row in rows if row.start is not None}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(f"{day:%m-%d}", by_day.get(day, Statistics())) for day in days]
