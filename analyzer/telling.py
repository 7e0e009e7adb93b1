"""Telling of what was committed: logs, metrics, and whoever wants to know of alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from analyzer.changes import EventChange
from analyzer.machine import Change
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.event import EventState
from common.domain.rule import Rule
from common.metrics import ALERTS_FIRING, EVENTS
from common.ports.repository import Unit

log = structlog.get_logger(__name__)

OnAlert = Callable[[Alert, Camera, Rule], None]

_LOGGED = {
    Change.STARTED: "pending",
    Change.FIRED: "firing",
    Change.DROPPED: "dropped",
    Change.RESOLVED: "resolved",
    Change.WITHDRAWN: "withdrawn",
}


def tell(changes: Iterable[EventChange], on_alert: OnAlert | None) -> None:
    """Log and count every change, and call `on_alert` for alerts that fired or were resolved."""
    for change in changes:
        if change.change not in _LOGGED:
            continue
        state = _LOGGED[change.change]
        log.info(f"event.{state}", **_ids(change))
        EVENTS.labels(state).inc()
        if change.alert is not None:
            log.info(f"alert.{state}", summary=change.alert.summary, alert_id=change.alert.id, **_ids(change))
            _call(on_alert, change.alert, change)


def tell_orphans(alerts: Iterable[Alert]) -> None:
    """Log alerts that ended because their camera was removed; there is nobody left to tell of them."""
    for alert in alerts:
        log.info(
            "alert.resolved",
            reason="camera_removed",
            alert_id=alert.id,
            event_id=alert.event_id,
            rule_id=alert.rule_id,
            camera_id=alert.camera_id,
        )


def count_firing(unit: Unit) -> int:
    """Alerts firing now: each firing event has one."""
    return sum(event.state is EventState.FIRING for event in unit.events.open())


def set_firing(count: int) -> None:
    """Publish how many alerts fire now."""
    ALERTS_FIRING.set(count)


def _ids(change: EventChange) -> dict[str, str]:
    event = change.event
    ids = {
        "event_id": event.id,
        "rule_id": event.rule_id,
        "camera_id": event.camera_id,
        "snapshot_id": event.snapshot_id,
    }
    return {**ids, "reason": change.reason} if change.reason else ids


def _call(on_alert: OnAlert | None, alert: Alert, change: EventChange) -> None:
    if on_alert is None or change.camera is None or change.rule is None:
        return
    try:
        on_alert(alert, change.camera, change.rule)
    except Exception:
        # The alert is committed: a listener that fails must not bring its message back.
        log.exception("alert.listener_failed", **_ids(change))
