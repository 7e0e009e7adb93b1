"""What people do with alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from common.domain.alert import Alert
from common.domain.statistics import Statistics
from common.ports.repository import Unit
from console.context import Console

log = structlog.get_logger(__name__)


def acknowledge(console: Console, alert_id: str, *, by: str, note: str = "") -> Alert:
    """Say that somebody takes care of it. The first acknowledgement stands; a note is added. Raises NotFound."""
    now = console.clock()

    def change(unit: Unit, alert: Alert) -> Alert:
        if alert.acknowledged_at is None:
            _count_reaction(unit, alert, now - alert.fired_at)
            alert = replace(alert, acknowledged_at=now, acknowledged_by=by)
        return replace(alert, note=note) if note else alert

    return _change(console, alert_id, change, event="alert.acknowledged", by=by)


def snooze(console: Console, alert_id: str, *, by: str, seconds: float) -> Alert:
    """Tell nothing more of it for so long, 0: tell again; that it is over is told all the same. Raises NotFound."""
    until = console.clock() + timedelta(seconds=seconds) if seconds else None

    def change(_unit: Unit, alert: Alert) -> Alert:
        return replace(alert, snoozed_until=until)

    return _change(console, alert_id, change, event="alert.snoozed", by=by)


def write_note(console: Console, alert_id: str, *, by: str, note: str) -> Alert:
    """Replace its note. Raises NotFound."""
    return _change(console, alert_id, lambda _, alert: replace(alert, note=note), event="alert.noted", by=by)


def mark_false_positive(console: Console, alert_id: str, *, by: str, is_false_positive: bool = True) -> Alert:
    """Say that the model was wrong (or take that back). Raises NotFound."""
    return _change(
        console,
        alert_id,
        lambda _, alert: replace(alert, is_false_positive=is_false_positive),
        event="alert.judged",
        by=by,
    )


def _change(console: Console, alert_id: str, change: Callable[[Unit, Alert], Alert], *, event: str, by: str) -> Alert:
    with console.repository.begin() as unit:
        alert = change(unit, unit.alerts.get(alert_id, to_change=True))
        unit.alerts.save(alert)
    log.info(event, alert_id=alert_id, user=by)
    return alert


def _count_reaction(unit: Unit, alert: Alert, took: timedelta) -> None:
    """Where the alert itself is counted: in the hour in which it fired, of its camera and its rule's zone."""
    if not alert.camera_id:
        return  # of the whole installation, which has no row
    zones = {rule.zone for rule in unit.rules.list() if rule.id == alert.rule_id and rule.zone}
    counted = Statistics(
        camera_id=alert.camera_id, start=alert.fired_at, acknowledged=1, reaction_seconds=took.total_seconds()
    )
    unit.statistics.add_many(replace(counted, zone=zone) for zone in ("", *zones))
