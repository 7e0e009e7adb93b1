"""Which pictures to fold for those that arrived, from where, and what was stored of that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from analyzer.history.fold import Scene
from analyzer.history.state import LATE, History, State, is_of_the_future, load
from analyzer.sightings.follow import Look, references, sighting_of
from analyzer.zones import look_at
from common.domain.event import Event
from common.domain.sighting import Sighting
from common.ports.repository import Unit

log = structlog.get_logger(__name__)

MOST = 100_000  # of one camera in a few minutes: no bound, but `list` wants one
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the database says of the time since a state: of its people and events, and of those that came after."""

    events: dict[str, Event]
    sightings: dict[str, Sighting]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Pictures of a camera to be folded."""

    scene: Scene
    history: History  # to begin with
    looks: Sequence[Look]  # in order
    stored: Stored

    @property
    def snapshots(self) -> set[str]:
        """Whose appearances help to know people again."""
        return {look.snapshot_id for look in self.looks if look.faces} | references(self.history.newest.people)


def open_history(unit: Unit, camera_id: str, body: str | None) -> History:
    """The camera's history from its JSON, and at first from the events that are open."""
    if body is not None:
        return load(body)
    open_events = [event for event in unit.events.open(camera_id=camera_id) if event.snapshot_id]
    return History.beginning(State(events=tuple(open_events)))


def plan(unit: Unit, scene: Scene, history: History, arrived: Sequence[Look], *, now: datetime) -> Plan | None:
    """What to fold for the pictures that arrived, all stored by now; None when all are too late.

    Pictures that are newer than all others are folded onto the newest state. For one that comes late the history
    goes back to before it, and all that were captured since are folded again.
    """
    looks = [look for look in arrived if not history.is_too_late(look.at)]
    if len(looks) < len(arrived):
        log.info("prediction.too_late", camera_id=scene.camera.id, count=len(arrived) - len(looks))
    if not looks:
        return None
    looks.sort(key=lambda look: (look.at, look.snapshot_id))
    if history.newest.precedes(looks[0].at, looks[0].snapshot_id):
        return Plan(scene=scene, history=history, looks=looks, stored=_known(history, scene.camera.id))
    earlier = history.back_to(looks[0].at)
    since = _since(earlier.newest, history.newest)
    again = [
        look_at(scene.camera, each)
        for each in unit.predictions.captured_after(scene.camera.id, since)
        if not is_of_the_future(each.captured_at, now=now)
    ]
    log.info("history.told_again", camera_id=scene.camera.id, pictures=len(again))
    return Plan(scene=scene, history=earlier, looks=again, stored=_stored(unit, earlier.newest, scene.camera.id, since))


def _since(earlier: State, newest: State) -> datetime:
    """After which pictures the earlier state was left behind."""
    if earlier.captured_at is not None:
        return earlier.captured_at
    # With nothing to go back to, all it knows was captured within LATE: what is older was never in it.
    assert newest.captured_at is not None  # noqa: S101  # otherwise no picture could be late
    return newest.captured_at - LATE - MOMENT


def _known(history: History, camera_id: str) -> Stored:
    """Where nothing came after the newest state, the history knows itself what is stored."""
    events = history.newest.events if history.stored is None else history.stored
    return Stored(
        events={event.id: event for event in events},
        sightings={person.id: sighting_of(person, camera_id) for person in history.newest.people},
    )


def _stored(unit: Unit, state: State, camera_id: str, since: datetime) -> Stored:
    begun = unit.events.list(camera_id=camera_id, after=since + MOMENT, limit=MOST)
    came = unit.sightings.list(camera_id=camera_id, after=since + MOMENT, limit=MOST)
    return Stored(
        events={
            **{event.id: event for event in begun if event.snapshot_id},
            **unit.events.get_many(event.id for event in state.events),
        },
        sightings={
            **{sighting.id: sighting for sighting in came},
            **unit.sightings.get_many(person.id for person in state.people),
        },
    )
