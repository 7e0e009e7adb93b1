"""A history without what it knows of some time: what is erased must not come back with the next picture."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from analyzer.history.state import History, State
from common.domain.erasure import Stretch
from common.domain.event import Event


def forget(history: History, stretch: Stretch, *, gone: Set[str]) -> History | None:
    """The history without the people who were seen then and without events of then, `gone` among them; None: the same.

    There is no way back to before it, since the pictures of then are gone, too. Who was there then and still is counts
    as somebody new.
    """
    states = (history.newest, history.recent, history.old)
    if not any(_without(state, stretch, gone) != state for state in states):
        return None
    fresh = History.beginning(_without(history.newest, stretch, gone))
    stored = None if history.stored is None else _of_others(history.stored, stretch, gone)
    return replace(fresh, stored=stored, heard_at=history.heard_at)


def _without(state: State, stretch: Stretch, gone: Set[str]) -> State:
    people = tuple(person for person in state.people if not stretch.overlaps(person.began_at, person.seen_at))
    return replace(state, people=people, events=_of_others(state.events, stretch, gone))


def _of_others(events: tuple[Event, ...], stretch: Stretch, gone: Set[str]) -> tuple[Event, ...]:
    return tuple(event for event in events if event.id not in gone and not stretch.includes(event.started_at))
