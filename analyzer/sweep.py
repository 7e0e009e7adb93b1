"""Ends the events that no picture will end: of silent cameras, and of cameras and rules that are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from analyzer.evaluation import EventChange, end_event, find_camera
from analyzer.machine import Change, Transition, close, close_silent
from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.rule import Rule
from common.errors import NotFound
from common.ports.broker import QueueState
from common.ports.repository import Unit

ORPHANS = 1000  # looked at in one sweep; more would mean that many alerts fire at once


def end_stale_events(unit: Unit, *, seen_until: datetime | None) -> list[EventChange]:
    """End every open event that has become stale; `seen_until` as told by the function of that name."""
    changes = []
    for event in unit.events.open(to_change=True):  # a picture may be moving one in another process
        rule, camera = _find_rule(unit, event.rule_id), find_camera(unit, event.camera_id)
        transition, reason = _ending(event, rule, camera, seen_until)
        change = end_event(unit, transition, rule=rule, camera=camera, reason=reason)
        if change is not None:
            changes.append(change)
    return changes


def resolve_orphans(unit: Unit, now: datetime) -> list[Alert]:
    """Resolve firing alerts whose event is gone: it went with its camera, and nothing else would end them."""
    # Others commit between these looks. Alerts first: the event of an alert seen here can be seen as well.
    firing = unit.alerts.list(state=AlertState.FIRING, limit=ORPHANS)
    still_open = {event.id for event in unit.events.open()}
    # Then each once more, held: one whose event ended between the first two looks has ended with it.
    orphans = [unit.alerts.get(alert.id, to_change=True) for alert in firing if alert.event_id not in still_open]
    resolved = [
        replace(alert, state=AlertState.RESOLVED, resolved_at=now)
        for alert in orphans
        if alert.state is AlertState.FIRING
    ]
    for alert in resolved:
        unit.alerts.save(alert)
    return resolved


def seen_until(now: datetime, queues: Iterable[QueueState], newest_captured: datetime | None) -> datetime | None:
    """The time up to which every picture has been evaluated; None when that is unknown.

    It is now when nothing is on its way, else the capture time of the newest picture that arrived: after an outage
    the queues are full of pictures that will still move their events, so a camera that waits there is not silent.
    """
    is_idle = all(queue.ready == 0 and queue.unacked == 0 for queue in queues)
    return now if is_idle else newest_captured


def _ending(event: Event, rule: Rule | None, camera: Camera | None, until: datetime | None) -> tuple[Transition, str]:
    if camera is None or not camera.enabled:
        return close(event, event.evaluated_at), "camera_off"
    if rule is None or not rule.enabled:
        return close(event, event.evaluated_at), "rule_off"
    if until is None:
        return Transition(change=Change.NONE, event=event), ""
    transition = close_silent(event, rule, until)
    return transition, "" if transition.change is Change.NONE else "no_pictures"


def _find_rule(unit: Unit, rule_id: str) -> Rule | None:
    try:
        return unit.rules.get(rule_id)
    except NotFound:
        return None
