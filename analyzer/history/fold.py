"""One picture more, and many: who is there, and what the rules make of it. Nothing here knows a clock or a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.history.state import History, State
from analyzer.machine import Change, Sight, close_silent, step
from analyzer.rules import applies, read
from analyzer.sightings.follow import Appearances, Look, Person, follow
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A camera, and the rules that look at the people before it."""

    camera: Camera
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Story:
    """What pictures told."""

    history: History  # after them
    resolved: tuple[Event, ...]  # events that ended in them
    seen: dict[str, Person]  # who was seen in them, as they were last seen


def scene_of(camera: Camera, rules: Iterable[Rule]) -> Scene:
    """The camera with those of the enabled rules that look at it."""
    looking = tuple(rule for rule in rules if rule.condition.trouble is None and applies(rule, camera))
    return Scene(camera=camera, rules=looking)


def fold(history: History, looks: Iterable[Look], scene: Scene, appearances: Appearances) -> Story:
    """The history with these pictures, which are in order and newer than all it knows."""
    resolved: list[Event] = []
    seen: dict[str, Person] = {}
    for look in looks:
        people = follow(history.newest.people, look, appearances)
        seen |= {person.id: person for person in people.seen}
        events, ended = judge(history.newest.events, scene, look, people.seen)
        resolved += ended
        after = State(captured_at=look.at, snapshot_id=look.snapshot_id, people=people.people, events=events)
        history = history.advanced(after)
    return Story(history=history, resolved=tuple(resolved), seen=seen)


def judge(
    events: Sequence[Event], scene: Scene, look: Look, seen: Sequence[Person]
) -> tuple[tuple[Event, ...], list[Event]]:
    """The open events after a picture, and those that ended with it.

    An event of a rule that looks here no longer stays as it is: the sweep ends it, and says why.
    """
    by_rule = {event.rule_id: event for event in events}
    resolved: list[Event] = []
    for rule in scene.rules:
        after, ended = _judge(by_rule.pop(rule.id, None), rule, look, seen)
        resolved += ended
        if after is not None:
            by_rule[rule.id] = after
    return tuple(by_rule.values()), resolved


def _judge(event: Event | None, rule: Rule, look: Look, seen: Sequence[Person]) -> tuple[Event | None, list[Event]]:
    sight = Sight(camera_id=look.camera_id, snapshot_id=look.snapshot_id, captured_at=look.at)
    resolved: list[Event] = []
    if event is not None:
        silent = close_silent(event, rule, look.at)
        event = None if silent.change is not Change.NONE else event
        resolved += _resolved(silent.change, silent.event)
    transition = step(event, rule, read(rule, look, seen), sight)
    resolved += _resolved(transition.change, transition.event)
    is_over = transition.change in (Change.DROPPED, Change.RESOLVED)
    return (None if is_over else transition.event), resolved


def _resolved(change: Change, event: Event | None) -> list[Event]:
    return [event] if change is Change.RESOLVED and event is not None else []
