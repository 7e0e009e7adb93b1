"""Events, on every repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from repository_values import (
    EVENT,
    HOUR,
    MINUTE,
    NOON,
)

from common.domain.event import EventState
from common.errors import Conflict, NotFound
from common.ports.repository import Repository


class TestEvents:
    def test_an_event_is_replaced_as_it_goes_on(self, repository: Repository) -> None:
        firing = replace(EVENT, state=EventState.FIRING, fired_at=NOON + MINUTE)
        with repository.begin() as unit:
            unit.events.save(EVENT)
            assert unit.events.open() == [EVENT]
            unit.events.save(firing)
            assert unit.events.get("event") == firing
            assert unit.events.open(rule_id="rule", camera_id="cam") == [firing]
            assert unit.events.open(rule_id="other") == []
            assert unit.events.open(camera_id="other") == []
            unit.events.save(replace(firing, state=EventState.RESOLVED, resolved_at=NOON + HOUR))
            assert unit.events.open() == []

    def test_one_open_event_per_rule_and_camera(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.events.save(replace(EVENT, id="old", state=EventState.RESOLVED))
            unit.events.save(EVENT)
            unit.events.save(replace(EVENT, id="elsewhere", camera_id="other"))
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.events.save(replace(EVENT, id="second", state=EventState.FIRING))

    def test_a_dropped_event_is_forgotten(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.events.save(EVENT)
            unit.events.drop("event")
            unit.events.drop("never")
            assert unit.events.list() == []
            with pytest.raises(NotFound):
                unit.events.get("event")

    def test_events_are_listed_newest_first(self, repository: Repository) -> None:
        events = [replace(EVENT, id=str(n), state=EventState.RESOLVED, started_at=NOON + n * HOUR) for n in range(4)]
        with repository.begin() as unit:
            for event in events:
                unit.events.save(event)
            assert unit.events.list(limit=2) == [events[3], events[2]]
            assert unit.events.list(after=NOON + HOUR, before=NOON + 2 * HOUR) == [events[1]]
            assert unit.events.list(state=EventState.FIRING) == []
            assert len(unit.events.list(rule_id="rule", camera_id="cam", state=EventState.RESOLVED)) == 4
            assert unit.events.list(camera_id="other") == []

    def test_many_changes_at_once_all_stand(self, repository: Repository) -> None:
        def grow(_number: int) -> None:
            with repository.begin() as unit:
                (event,) = unit.events.open(to_change=True)
                unit.events.save(replace(event, peak_count=event.peak_count + 1))

        with repository.begin() as unit:
            unit.events.save(replace(EVENT, peak_count=0))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(grow, range(40)))
        with repository.begin() as unit:
            assert unit.events.get("event").peak_count == 40
