"""Changes of events: into their rows, the alerts they make, and to whoever must be told in the same transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from analyzer.alerts import grow, raise_alert, resolve, withdraw
from analyzer.history.turns import Turn
from analyzer.machine import Change
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.rule import Rule
from common.errors import NotFound
from common.ports.repository import Unit


@dataclass(frozen=True, kw_only=True)
class EventChange:
    """What happened to an event, to be told once the transaction is committed."""

    change: Change
    event: Event
    alert: Alert | None  # while pending there is none
    rule: Rule | None  # None: removed meanwhile, or switched off
    camera: Camera | None  # None: removed meanwhile, or the event is of the whole installation

    @property
    def reason(self) -> str:
        """Why it ended, where its condition did not end it."""
        return "withdrawn" if self.change is Change.WITHDRAWN else self.event.reason


class Notice(Protocol):
    """Told of changes inside the transaction that makes them."""

    def __call__(self, unit: Unit, changes: Sequence[EventChange], *, now: datetime) -> None: ...


def nobody_told(unit: Unit, changes: Sequence[EventChange], *, now: datetime) -> None:
    """For a history that concerns nobody."""


def store_events(unit: Unit, before: Mapping[str, Event], after: Mapping[str, Event]) -> None:
    """Make the rows that were `before` those that are `after`, in which events that ended come first."""
    for event_id in before.keys() - after.keys():
        unit.events.drop(event_id)
    unit.events.save_many(event for event in after.values() if before.get(event.id) != event)


def tell_turns(
    unit: Unit,
    turns: Sequence[tuple[Turn, Camera | None]],
    rules: Mapping[str, Rule],
    *,
    now: datetime,
    notice: Notice,
) -> list[EventChange]:
    """Store the alerts of changes and tell of them.

    One that fires and is over in the same batch is told of twice, one after the other, as if its pictures had come
    one by one: what was decided when it fired is known when it ends.
    """
    rounds: defaultdict[int, list[tuple[Turn, Camera | None]]] = defaultdict(list)
    earlier: Counter[str] = Counter()
    for turn, camera in turns:
        rounds[earlier[turn.event.id]].append((turn, camera))
        earlier[turn.event.id] += 1
    changes: list[EventChange] = []
    for _number, some in sorted(rounds.items()):
        told = [_change(unit, turn, rules.get(turn.event.rule_id), camera) for turn, camera in some]
        notice(unit, told, now=now)
        changes += told
    return changes


def _change(unit: Unit, turn: Turn, rule: Rule | None, camera: Camera | None) -> EventChange:
    alert = _alert(unit, turn, rule, camera) if turn.change not in (Change.STARTED, Change.DROPPED) else None
    if alert is not None:
        unit.alerts.save(alert)
    return EventChange(change=turn.change, event=turn.event, alert=alert, rule=rule, camera=camera)


def _alert(unit: Unit, turn: Turn, rule: Rule | None, camera: Camera | None) -> Alert | None:
    event, known = turn.event, unit.alerts.for_event(turn.event.id)
    if turn.change is Change.FIRED:
        return (
            None if rule is None else raise_alert(event, rule, camera, image_key=_image_key(unit, event), again=known)
        )
    if known is None:
        return None
    if turn.change is Change.WITHDRAWN:
        return withdraw(known, event)
    is_as_shown = (known.snapshot_id, known.count, known.started_at, known.fired_at) == (
        event.snapshot_id, event.peak_count, event.started_at, event.fired_at,
    )  # fmt: skip
    if rule is not None and not is_as_shown:
        known = grow(known, event, rule, camera, image_key=_image_key(unit, event))
    return resolve(known, event, rule, camera) if event.resolved_at is not None else known


def _image_key(unit: Unit, event: Event) -> str:
    try:
        return unit.shots.get(event.snapshot_id).image_key or ""
    except NotFound:
        return ""  # of no picture, or of one that is kept no longer
