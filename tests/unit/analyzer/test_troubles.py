"""Rules about cameras and queues."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from pictures import BARE, at, make_camera, make_rule, make_shot
from pydantic import TypeAdapter

from analyzer.machine import Change
from analyzer.sweep import end_stale_events
from analyzer.troubles import look_for_trouble
from common.adapters.coordination.memory import MemoryCoordination
from common.domain.alert import AlertState
from common.domain.event import EventState
from common.domain.rule import Condition, Trouble
from common.domain.schedule import Schedule, Window
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.domain.status import CameraState, CameraStatus, status_key

IN_THE_MORNING = Schedule(windows=(Window(days=("mon",), start=time(9), end=time(12)),))


class Guard:
    """Sweeps every 5 s by a scripted clock, under one rule about trouble that must last for 20 s."""

    def __init__(self, repository, trouble, **fields):
        self.repository, self.coordination = repository, MemoryCoordination()
        condition = Condition(trouble=trouble, seconds_above=20)
        self.rule = make_rule(condition=condition, for_seconds=0, keep_firing_seconds=5, **fields)
        self.changes = []
        with repository.begin() as unit:
            unit.cameras.add(make_camera())
            unit.rules.add(self.rule)

    def shoot(self, *seconds, outcome=Outcome.TAKEN):
        with self.repository.begin() as unit:
            unit.shots.record_many([make_shot(each, outcome) for each in seconds])

    def watch(self, first, last):
        """Sweep from the one second to the other; what happened."""
        before = len(self.changes)
        for seconds in range(first, last + 1, 5):
            self.sweep(seconds)
        return [(change.change, change.event.evaluated_at) for change in self.changes[before:]]

    def sweep(self, seconds):
        with self.repository.begin() as unit:
            self.changes += end_stale_events(unit, seen_until=at(seconds), now=at(seconds))
            self.changes += look_for_trouble(unit, self.coordination, now=at(seconds))

    def condition(self, state):
        status = CameraStatus(camera_id="door", state=state, since=at(0), grabber="g1")
        self.coordination.put(status_key("door"), TypeAdapter(CameraStatus).dump_json(status), ttl=1000)

    def change_camera(self, **fields):
        with self.repository.begin() as unit:
            unit.cameras.update(make_camera(**fields))

    def all(self, collection):
        with self.repository.begin() as unit:
            return getattr(unit, collection).list()


def test_a_camera_is_down_when_its_shots_have_failed_for_so_long_and_up_with_the_first_picture(repository):
    guard = Guard(repository, Trouble.CAMERA_DOWN)
    guard.shoot(0)
    assert guard.watch(0, 5) == []
    guard.shoot(5, 10, 15, outcome=Outcome.FAILED)
    assert guard.watch(10, 30) == [(Change.STARTED, at(10)), (Change.FIRED, at(30))]
    guard.shoot(30, outcome=Outcome.SKIPPED)
    [alert] = guard.all("alerts")
    assert alert.summary == "No picture can be taken for 20 s at Main door"
    assert (alert.state, alert.image_key) == (AlertState.FIRING, "")
    guard.shoot(35)
    assert guard.watch(35, 40) == [(Change.RESOLVED, at(35))]
    with repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert (row.events, row.alerts) == (1, 1)


def test_one_shot_that_fails_is_no_trouble(repository):
    guard = Guard(repository, Trouble.CAMERA_DOWN)
    guard.shoot(0)
    guard.shoot(5, outcome=Outcome.FAILED)
    assert [change for change, _ in guard.watch(5, 10)] == [Change.STARTED]
    guard.shoot(10)
    assert [change for change, _ in guard.watch(15, 60)] == [Change.DROPPED]
    assert guard.all("alerts") == []


def test_a_camera_of_which_nothing_is_heard(repository):
    guard = Guard(repository, Trouble.NO_DATA)
    guard.shoot(0, outcome=Outcome.SKIPPED)
    assert guard.watch(0, 35) == []
    assert guard.watch(40, 60) == [(Change.STARTED, at(40)), (Change.FIRED, at(60))]


def test_a_camera_whose_pictures_are_refused(repository):
    guard = Guard(repository, Trouble.CAMERA_DEGRADED)
    guard.condition(CameraState.LIVE)
    assert guard.watch(0, 10) == []
    guard.condition(CameraState.DEGRADED)
    assert guard.watch(15, 35) == [(Change.STARTED, at(15)), (Change.FIRED, at(35))]


def test_a_status_that_cannot_be_read_says_nothing(repository):
    guard = Guard(repository, Trouble.CAMERA_DEGRADED)
    guard.coordination.put(status_key("door"), b'{"camera_id": "door", "state": "a word of tomorrow"}', ttl=1000)
    assert guard.watch(0, 30) == []


def test_pictures_that_wait_too_long_are_nobody_s_camera(repository):
    guard = Guard(repository, Trouble.QUEUE_LAG)
    guard.shoot(0)
    guard.shoot(5, outcome=Outcome.PREDICTED)
    assert guard.watch(0, 20) == []
    assert guard.watch(25, 30) == [(Change.FIRED, at(25))]
    [event], [alert] = guard.all("events"), guard.all("alerts")
    assert (event.camera_id, alert.camera_id, guard.changes[-1].camera) == ("", "", None)
    assert alert.summary == "Pictures wait too long to be judged"
    guard.shoot(0, outcome=Outcome.EXPIRED)
    assert guard.watch(35, 35) == [(Change.RESOLVED, at(35))]
    assert guard.all("alerts")[0].state is AlertState.RESOLVED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda guard, unit: unit.cameras.update(make_camera(enabled=False)), "camera_off"),
        (lambda guard, unit: unit.rules.update(replace(guard.rule, enabled=False)), "rule_off"),
        (lambda guard, unit: unit.rules.update(replace(guard.rule, cameras=("till",))), "rule_off"),
    ],
)
def test_what_an_operator_switches_off_is_over(repository, change, reason):
    guard = Guard(repository, Trouble.CAMERA_DOWN)
    guard.shoot(0, outcome=Outcome.FAILED)
    guard.watch(0, 20)
    with repository.begin() as unit:
        change(guard, unit)
    guard.sweep(25)
    assert (guard.changes[-1].change, guard.changes[-1].reason) == (Change.RESOLVED, reason)
    assert guard.watch(30, 60) == []


def test_outside_the_camera_s_schedule_nothing_is_missed(repository):
    guard = Guard(repository, Trouble.NO_DATA)
    guard.change_camera(schedule=IN_THE_MORNING)
    assert guard.watch(0, 30) == []  # it has only just opened
    assert [change for change, _ in guard.watch(35, 55)] == [Change.STARTED, Change.FIRED]
    assert [change for change, _ in guard.watch(3 * 3600, 3 * 3600)] == [Change.RESOLVED]


def test_what_was_not_watched_is_not_claimed(repository):
    guard = Guard(repository, Trouble.NO_DATA)
    assert [change for change, _ in guard.watch(0, 20)] == [Change.STARTED, Change.FIRED]
    guard.sweep(1000)
    assert [(change.change, change.reason) for change in guard.changes[2:]] == [
        (Change.RESOLVED, "no_pictures"),
        (Change.STARTED, ""),
    ]
    [pending] = [event for event in guard.all("events") if event.state is EventState.PENDING]
    assert pending.started_at == at(1000)


def test_a_rule_about_faces_starts_nothing_here(repository):
    guard = Guard(repository, Trouble.CAMERA_DOWN)
    with repository.begin() as unit:
        unit.rules.update(replace(guard.rule, condition=Condition(label=BARE)))
    guard.shoot(0, outcome=Outcome.FAILED)
    assert guard.watch(0, 30) == []
