"""Ends the events that no picture will end: of silent cameras, and of cameras and rules that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analyzer.changes import EventChange, Notice, nobody_told, store_events, tell_turns
from analyzer.history.plan import open_history
from analyzer.history.state import History, dump
from analyzer.history.turns import Turn, turns
from analyzer.machine import Change, Transition, close, close_silent
from analyzer.rules import applies
from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.rule import Rule
from common.ports.broker import QueueState
from common.ports.repository import Unit

ORPHANS = 1000  # looked at in one sweep; more would mean that many alerts fire at once
OVERTAKING = timedelta(seconds=30)  # of capture time: pictures that are under way overtake each other by less


def end_stale_events(
    unit: Unit, *, seen_until: datetime | None, now: datetime, notice: Notice = nobody_told
) -> list[EventChange]:
    """End every open event that has become stale; `seen_until` as told by the function of that name.

    Looks at all first, then holds the histories of those few cameras that have one, and looks again: a picture may
    have moved it meanwhile.
    """
    rules = {rule.id: rule for rule in unit.rules.list()}
    open_events = unit.events.open()
    cameras = unit.cameras.get_many(event.camera_id for event in open_events)
    stale = [event for event in open_events if _is_stale(event, rules, cameras, seen_until)]
    held = unit.histories.hold_many(event.camera_id for event in stale if event.snapshot_id)
    told: list[tuple[Turn, Camera | None]] = []
    for camera_id in sorted({event.camera_id for event in stale}):
        now_open = unit.events.open(camera_id=camera_id, to_change=True)
        ended = _end(unit, now_open, rules, cameras, seen_until)
        if ended and camera_id in held:
            _forget(unit, camera_id, open_history(unit, camera_id, held[camera_id]), ended)
        told += [(turn, cameras.get(camera_id)) for turn in ended]
    return tell_turns(unit, told, rules, now=now, notice=notice)


def resolve_orphans(unit: Unit, now: datetime) -> list[Alert]:
    """Resolve firing alerts whose event is gone: it went with its camera, and nothing else would end them."""
    # Others commit between these looks. Alerts first: the event of an alert seen here can be seen as well.
    firing = unit.alerts.list(state=AlertState.FIRING, limit=ORPHANS)
    still_open = {event.id for event in unit.events.open()}
    # Then each once more, held: one whose event ended between the first two looks has ended with it.
    orphans = [unit.alerts.get(alert.id, to_change=True) for alert in firing if alert.event_id not in still_open]
    resolved = [
        replace(alert, state=AlertState.RESOLVED, resolved_at=now, reason="camera_removed")
        for alert in orphans
        if alert.state is AlertState.FIRING
    ]
    for alert in resolved:
        unit.alerts.save(alert)
    return resolved


def seen_until(now: datetime, queues: Iterable[QueueState], newest_captured: datetime | None) -> datetime | None:
    """The time up to which every picture has been evaluated; None when that is unknown.

    It is now when nothing is on its way, else shortly before the newest picture that arrived was captured: after an
    outage the queues are full of pictures that will still move their events, so a camera that waits there is not
    silent.
    """
    is_idle = all(queue.ready == 0 and queue.unacked == 0 for queue in queues)
    if is_idle:
        return now
    return None if newest_captured is None else newest_captured - OVERTAKING


def _is_stale(event: Event, rules: Mapping[str, Rule], cameras: Mapping[str, Camera], until: datetime | None) -> bool:
    ending = _ending(event, rules.get(event.rule_id), cameras.get(event.camera_id), until)
    return ending.change is not Change.NONE


def _end(
    unit: Unit,
    events: Sequence[Event],
    rules: Mapping[str, Rule],
    cameras: Mapping[str, Camera],
    until: datetime | None,
) -> list[Turn]:
    before = {event.id: event for event in events}
    endings = [_ending(event, rules.get(event.rule_id), cameras.get(event.camera_id), until) for event in events]
    after = {each.event.id: each.event for each in endings if each.event and each.change is not Change.DROPPED}
    store_events(unit, before, after)
    return turns(before, after)


def _forget(unit: Unit, camera_id: str, history: History, ended: Iterable[Turn]) -> None:
    """What has ended goes on in no later picture, except one that comes late, for which the history goes back."""
    over = {turn.event.id for turn in ended}
    still_open = tuple(event for event in history.newest.events if event.id not in over)
    unit.histories.save(camera_id, dump(replace(history, newest=replace(history.newest, events=still_open))))


def _ending(event: Event, rule: Rule | None, camera: Camera | None, until: datetime | None) -> Transition:
    if event.camera_id and (camera is None or not camera.enabled):
        return close(event, event.evaluated_at, reason="camera_off")
    if rule is None or not rule.enabled or (camera is not None and not applies(rule, camera)):
        return close(event, event.evaluated_at, reason="rule_off")
    if until is None or not event.snapshot_id:  # what is no picture is looked at by this sweep itself
        return Transition(change=Change.NONE, event=event)
    return close_silent(event, rule, until)
