"""What people do with alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from common.domain.alert import Alert
from console.context import Console

log = structlog.get_logger(__name__)


def acknowledge(console: Console, alert_id: str, *, by: str, note: str = "") -> Alert:
    """Say that somebody takes care of it. The first acknowledgement stands; a note is added. Raises NotFound."""
    now = console.clock()

    def change(alert: Alert) -> Alert:
        if alert.acknowledged_at is None:
            alert = replace(alert, acknowledged_at=now, acknowledged_by=by)
        return replace(alert, note=note) if note else alert

    return _change(console, alert_id, change, event="alert.acknowledged", by=by)


def snooze(console: Console, alert_id: str, *, by: str, seconds: float) -> Alert:
    """Tell nothing more of it for so long, 0: tell again; that it is over is told all the same. Raises NotFound."""
    until = console.clock() + timedelta(seconds=seconds) if seconds else None
    return _change(console, alert_id, lambda alert: replace(alert, snoozed_until=until), event="alert.snoozed", by=by)


def write_note(console: Console, alert_id: str, *, by: str, note: str) -> Alert:
    """Replace its note. Raises NotFound."""
    return _change(console, alert_id, lambda alert: replace(alert, note=note), event="alert.noted", by=by)


def mark_false_positive(console: Console, alert_id: str, *, by: str, is_false_positive: bool = True) -> Alert:
    """Say that the model was wrong (or take that back). Raises NotFound."""
    return _change(
        console,
        alert_id,
        lambda alert: replace(alert, is_false_positive=is_false_positive),
        event="alert.judged",
        by=by,
    )


def _change(console: Console, alert_id: str, change: Callable[[Alert], Alert], *, event: str, by: str) -> Alert:
    with console.repository.begin() as unit:
        alert = change(unit.alerts.get(alert_id, to_change=True))
        unit.alerts.save(alert)
    log.info(event, alert_id=alert_id, user=by)
    return alert
