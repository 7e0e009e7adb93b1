"""From predictions to events and alerts, on a real database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pictures import BARE, MASKED, UNSURE, at, make_camera, make_prediction, make_rule

from analyzer.defaults import default_rules, ensure_default_rules
from analyzer.evaluation import record_predictions
from analyzer.machine import Change
from analyzer.sweep import end_stale_events, resolve_orphans, seen_until
from common.domain.alert import AlertState
from common.domain.event import EventState
from common.domain.rule import Trouble
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.ports.broker import QueueState

IDLE = QueueState(queue="predictions", ready=0, unacked=0, dead=3, oldest_age_seconds=None)
BUSY = replace(IDLE, ready=1)
IN_HAND = replace(IDLE, unacked=1)


class Analyst:
    """Feeds predictions to one repository and remembers the changes. People are judged from their second picture on."""

    def __init__(self, repository):
        self.repository = repository
        self.changes = []

    def see(self, seconds, *labels, **fields):
        with self.repository.begin() as unit:
            self.changes += record_predictions(unit, [make_prediction(seconds, *labels, **fields)], now=at(seconds))

    def sweep(self, until):
        with self.repository.begin() as unit:
            self.changes += end_stale_events(unit, seen_until=until, now=until or at(1000))

    def told(self):
        return [change.change for change in self.changes if change.change is not Change.CONTINUED]

    def all(self, collection):
        with self.repository.begin() as unit:
            return getattr(unit, collection).list()


@pytest.fixture
def analyst(repository):
    with repository.begin() as unit:
        unit.cameras.add(make_camera(site="Shop 1"))
        unit.rules.add(make_rule())
    return Analyst(repository)


def test_one_alert_for_one_event_with_the_best_picture(analyst):
    analyst.see(-2, BARE, BARE)
    analyst.see(0, BARE)
    analyst.see(2, BARE, BARE)
    analyst.see(4, BARE)
    [alert] = analyst.all("alerts")
    assert (alert.state, alert.count, alert.fired_at) == (AlertState.FIRING, 2, at(4))
    assert alert.image_key == make_prediction(2).image_key
    assert alert.summary == "2 people without a mask for 4 s at Main door (Shop 1)"
    analyst.see(6, BARE, BARE, BARE)
    analyst.see(8, BARE, BARE, BARE)
    [alert] = analyst.all("alerts")
    assert (alert.count, alert.snapshot_id) == (3, make_prediction(8).snapshot_id)
    assert [change.change for change in analyst.changes] == [Change.STARTED, Change.FIRED, Change.CONTINUED]


def test_the_alert_is_resolved_with_its_event(analyst):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    for seconds in (6, 8):
        analyst.see(seconds)
    [event], [alert] = analyst.all("events"), analyst.all("alerts")
    assert (event.state, event.resolved_at) == (EventState.RESOLVED, at(8))
    assert (alert.state, alert.resolved_at) == (AlertState.RESOLVED, at(8))
    assert analyst.changes[-1].alert == alert


def test_a_pending_event_leaves_no_trace(analyst):
    for seconds in (-2, 0):
        analyst.see(seconds, BARE)
    analyst.see(2)
    assert analyst.all("events") == []
    assert analyst.told() == [Change.STARTED, Change.DROPPED]


def test_who_was_seen_once_is_not_judged_yet(analyst):
    analyst.see(0, BARE)
    assert analyst.told() == []
    assert [sighting.label for sighting in analyst.all("sightings")] == [UNSURE]
    analyst.see(2, BARE)
    assert analyst.told() == [Change.STARTED]
    [sighting] = analyst.all("sightings")
    assert (sighting.label, sighting.shots, sighting.seen_at) == (BARE, 2, at(2))


def test_one_person_counts_once_however_many_pictures_show_them(analyst):
    for seconds in (-2, 0, 2, 4, 6, 8):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert (row.faces, row.people, row.events, row.alerts) == ({BARE: 6}, {BARE: 1}, 1, 1)


def test_a_batch_is_told_as_if_its_pictures_had_come_one_by_one(analyst):
    story = [make_prediction(seconds, BARE) for seconds in (-2, 0, 2, 4)]
    story += [make_prediction(seconds) for seconds in (6, 8)]
    told = []

    def notice(unit, changes, *, now):
        for change in changes:
            told.append((change.change, change.alert.state))
            unit.alerts.save(replace(change.alert, group_id="group"))

    with analyst.repository.begin() as unit:
        record_predictions(unit, story[::-1], now=at(9), notice=notice)
    assert told == [(Change.FIRED, AlertState.FIRING), (Change.RESOLVED, AlertState.RESOLVED)]
    [alert] = analyst.all("alerts")
    assert (alert.group_id, alert.fired_at, alert.resolved_at) == ("group", at(4), at(8))


def test_cameras_do_not_touch_each_other_s_events(analyst):
    with analyst.repository.begin() as unit:
        unit.cameras.add(make_camera(id="till", name="Till"))
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
        analyst.see(seconds, MASKED, camera_id="till")
    assert [event.camera_id for event in analyst.all("events")] == ["door"]


def test_disabled_rules_and_disabled_cameras_make_no_events(analyst):
    with analyst.repository.begin() as unit:
        unit.rules.update(make_rule(enabled=False))
    for seconds in (-2, 0):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        unit.rules.update(make_rule())
        unit.cameras.update(make_camera(enabled=False))
    analyst.see(2, BARE)
    assert analyst.changes == []


def test_the_sweep_resolves_what_a_silent_camera_left_firing(analyst):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    analyst.sweep(at(64))
    assert analyst.told()[-1] is Change.FIRED
    analyst.sweep(at(64.5))
    last = analyst.changes[-1]
    assert (last.change, last.reason, last.event.resolved_at) == (Change.RESOLVED, "no_pictures", at(64))
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_the_sweep_ends_nothing_while_it_is_unknown_what_is_on_its_way(analyst):
    for seconds in (-2, 0):
        analyst.see(seconds, BARE)
    analyst.sweep(None)
    assert analyst.told() == [Change.STARTED]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda unit: unit.rules.remove("rule"), "rule_off"),
        (lambda unit: unit.rules.update(make_rule(enabled=False)), "rule_off"),
        (lambda unit: unit.cameras.update(make_camera(enabled=False)), "camera_off"),
    ],
)
def test_the_sweep_resolves_what_an_operator_switched_off(analyst, change, reason):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        change(unit)
    analyst.sweep(None)
    assert (analyst.changes[-1].change, analyst.changes[-1].reason) == (Change.RESOLVED, reason)
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_the_sweep_resolves_the_alerts_of_a_camera_that_was_removed(analyst):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        unit.cameras.remove("door")
    analyst.sweep(None)
    with analyst.repository.begin() as unit:
        resolve_orphans(unit, at(9))
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_an_alert_whose_event_is_open_is_no_orphan(analyst):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        assert resolve_orphans(unit, at(9)) == []


class Interrupted:
    """A unit in whose midst, after its first look, something happens: as others' commits do on a server."""

    def __init__(self, unit, happen):
        self.events, self.alerts = self, self
        self._unit, self._happen = unit, happen

    def open(self, **which):
        return self._look(self._unit.events.open(**which))

    def list(self, **which):
        return self._look(self._unit.alerts.list(**which))

    def get(self, alert_id, **how):
        return self._unit.alerts.get(alert_id, **how)

    def save(self, alert):
        self._unit.alerts.save(alert)

    def _look(self, found):
        happen, self._happen = self._happen, lambda unit: None
        happen(self._unit)
        return found


def test_an_alert_that_fires_while_orphans_are_sought_is_none(analyst):
    def fire(unit):
        record_predictions(unit, [make_prediction(seconds, BARE) for seconds in (-2, 0, 2, 4)], now=at(4))

    with analyst.repository.begin() as unit:
        orphans = resolve_orphans(Interrupted(unit, fire), at(9))
    assert orphans == []
    assert [analyst.all(which)[0].state for which in ("events", "alerts")] == [EventState.FIRING, AlertState.FIRING]


def test_an_alert_that_ends_with_its_event_while_orphans_are_sought_keeps_its_end(analyst):
    for seconds in (-2, 0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        orphans = resolve_orphans(
            Interrupted(unit, lambda unit: end_stale_events(unit, seen_until=at(100), now=at(100))), at(200)
        )
    assert orphans == []
    assert analyst.all("alerts")[0].resolved_at == at(64)


def test_pictures_on_their_way_keep_a_camera_from_being_called_silent():
    assert seen_until(at(100), [IDLE, IDLE], at(3)) == at(100)
    assert seen_until(at(100), [IDLE, BUSY], at(33)) == at(3)
    assert seen_until(at(100), [IN_HAND, IDLE], at(33)) == at(3)
    assert seen_until(at(100), [BUSY, IDLE], None) is None


def test_a_new_installation_gets_two_rules_and_keeps_what_an_operator_made_of_them(repository):
    assert ensure_default_rules(repository, new_id=iter("ab").__next__)
    assert not ensure_default_rules(repository, new_id=iter("cd").__next__)
    with repository.begin() as unit:
        down, without = unit.rules.list()
        assert [without, down] == default_rules(iter("ab").__next__)
        assert (without.condition.label, down.condition.trouble) == (BARE, Trouble.CAMERA_DOWN)


def test_a_picture_of_a_clock_that_is_a_day_ahead_blinds_no_camera(analyst):
    """It is counted; else every picture of today would be too late for the camera's history."""
    with analyst.repository.begin() as unit:
        record_predictions(unit, [make_prediction(86_400, BARE)], now=at(0))
    for seconds in (0, 4, 2, 6, 8):  # the one at 2 is late: the history is told again, without the one of tomorrow
        analyst.see(seconds, BARE)
    assert Change.FIRED in analyst.told()
    with analyst.repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
        assert row.shots[Outcome.PREDICTED] == 6
