"""What a fold changed of what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analyzer.history.fold import Story
from analyzer.history.plan import Plan
from analyzer.machine import Change
from analyzer.sightings.follow import sighting_of
from common.domain.event import Event, EventState
from common.domain.sighting import Sighting

HAS_FIRED = (EventState.FIRING, EventState.RESOLVED)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One change of an event; what is gone is as it last was."""

    change: Change
    event: Event


def events_after(story: Story) -> dict[str, Event]:
    """All events of the time that was folded, those that ended first."""
    return {event.id: event for event in (*story.resolved, *story.history.newest.events)}


def sightings_after(plan: Plan, story: Story) -> dict[str, Sighting]:
    """Everybody of the time that was folded; who was not seen in it is as before."""
    people = {person.id: person for person in plan.history.newest.people} | story.seen
    return {person.id: sighting_of(person, plan.scene.camera.id) for person in people.values()}


def turns(before: Mapping[str, Event], after: Mapping[str, Event]) -> list[Turn]:
    """What happened to each event, in an order in which it can be told; nothing where nothing is to be told."""
    gone = [event for event_id, event in before.items() if event_id not in after]
    told = [Turn(change=_ending(event), event=event) for event in gone]
    for event in after.values():
        told += _turns(before.get(event.id), event)
    return told


def _ending(event: Event) -> Change:
    return Change.WITHDRAWN if event.state in HAS_FIRED else Change.DROPPED


def _turns(before: Event | None, after: Event) -> list[Turn]:
    had_fired = before is not None and before.state in HAS_FIRED
    if after.state is EventState.PENDING:
        if before is None:
            return [Turn(change=Change.STARTED, event=after)]
        return [Turn(change=Change.WITHDRAWN, event=before)] if had_fired else []
    if before is not None and before.state is after.state:
        return [Turn(change=Change.CONTINUED, event=after)] if _shown(before) != _shown(after) else []
    fired = [] if had_fired and after.state is EventState.RESOLVED else [_fired(after)]
    return [*fired, Turn(change=Change.RESOLVED, event=after)] if after.state is EventState.RESOLVED else fired


def _fired(event: Event) -> Turn:
    firing = replace(event, state=EventState.FIRING, resolved_at=None, reason="")
    return Turn(change=Change.FIRED, event=firing)


def _shown(event: Event) -> tuple[object, ...]:
    """What an alert shows of its event; how long it goes on already is told when it ends."""
    until = event.last_true_at if event.resolved_at is not None else None
    times = event.started_at, event.fired_at, event.resolved_at, until
    return *times, event.peak_count, event.snapshot_id, event.reason
