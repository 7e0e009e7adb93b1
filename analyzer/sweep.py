"""Ends the events that no picture will end: of silent cameras, and of cameras and rules that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analyzer.changes import EventChange, Notice, nobody_told, store_events, tell_turns
from analyzer.history.plan import open_history
from analyzer.history.state import History, dump
from analyzer.history.turns import Turn, turns
from analyzer.machine import Change, Transition, close, close_silent, silence_limit
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
    look = _Look(rules=rules, cameras=cameras, seen_until=seen_until, now=now)
    stale = [event for event in open_events if look.ending(event).change is not Change.NONE]
    seen = {event.camera_id for event in stale if event.snapshot_id}
    held = unit.histories.hold_many(seen & cameras.keys())  # who holds one makes it: not of a camera that is gone
    told: list[tuple[Turn, Camera | None]] = []
    for camera_id in sorted({event.camera_id for event in stale}):
        history = open_history(unit, camera_id, held[camera_id]) if camera_id in held else None
        told += [(turn, cameras.get(camera_id)) for turn in _end(unit, camera_id, history, look)]
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


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What decides which events are over."""

    rules: Mapping[str, Rule]
    cameras: Mapping[str, Camera]
    seen_until: datetime | None
    now: datetime

    def ending(self, event: Event, *, heard_at: datetime | None = None) -> Transition:
        """The event's end; unchanged where it goes on. `heard_at`: when a picture of its camera was last looked at."""
        if self.is_off(event):
            camera = self.cameras.get(event.camera_id)
            is_there = not event.camera_id or (camera is not None and camera.enabled)
            return close(event, event.evaluated_at, reason="rule_off" if is_there else "camera_off")
        rule = self.rules[event.rule_id]
        is_picture = event.snapshot_id != ""  # what is none is looked at by the sweep itself
        # Pictures that waited in a spool are old when they come: as long as they come, their camera is not silent.
        is_heard = heard_at is not None and self.now - heard_at <= silence_limit(rule)
        if self.seen_until is None or not is_picture or is_heard:
            return Transition(change=Change.NONE, event=event)
        return close_silent(event, rule, self.seen_until)

    def is_off(self, event: Event) -> bool:
        """Whether nobody looks at the camera by this rule any more."""
        rule, camera = self.rules.get(event.rule_id), self.cameras.get(event.camera_id)
        if rule is None or not rule.enabled:
            return True
        return bool(event.camera_id) and (camera is None or not camera.enabled or not applies(rule, camera))


def _end(unit: Unit, camera_id: str, history: History | None, look: _Look) -> list[Turn]:
    open_events = unit.events.open(camera_id=camera_id, to_change=True)
    before = {event.id: event for event in open_events}
    heard_at = None if history is None else history.heard_at
    endings = [look.ending(event, heard_at=heard_at) for event in open_events]
    after = {each.event.id: each.event for each in endings if each.event and each.change is not Change.DROPPED}
    store_events(unit, before, after)
    if history is not None:
        unit.histories.save(camera_id, dump(_ended(history, before, after, look)))
    return turns(before, after)


def _ended(history: History, before: Mapping[str, Event], after: Mapping[str, Event], look: _Look) -> History:
    """The history with what is stored of its events now.

    Of those that a silence ended the next picture decides again: whether it came too late is a matter of when it was
    captured. What nobody looks at any more is over.
    """
    over = {event.id for event in before.values() if look.is_off(event)}
    open_events = tuple(event for event in history.newest.events if event.id not in over)
    known = history.newest.events if history.stored is None else history.stored
    now_stored = [after.get(event.id, None if event.id in before else event) for event in known if event.id not in over]
    return replace(
        history,
        newest=replace(history.newest, events=open_events),
        stored=tuple(event for event in now_stored if event is not None),
    )
