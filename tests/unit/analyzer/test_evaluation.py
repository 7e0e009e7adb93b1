"""From predictions to events and alerts, on a real database."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from pictures import BARE, MASKED, at, make_camera, make_prediction, make_rule

from analyzer.defaults import default_rule, ensure_default_rule
from analyzer.evaluation import record_prediction
from analyzer.machine import Change
from analyzer.sweep import end_stale_events, resolve_orphans, seen_until
from common.domain.alert import AlertState
from common.domain.event import EventState
from common.domain.statistics import Grouping
from common.ports.broker import QueueState

IDLE = QueueState(queue="predictions", ready=0, unacked=0, dead=3, oldest_age_seconds=None)
BUSY = replace(IDLE, ready=1)
IN_HAND = replace(IDLE, unacked=1)


class Analyst:
    """Feeds predictions to one repository and remembers the changes."""

    def __init__(self, repository):
        self.repository = repository
        self.changes = []
        self._ids = count(1)

    def see(self, seconds, *labels, **fields):
        with self.repository.begin() as unit:
            self.changes += record_prediction(
                unit, make_prediction(seconds, *labels, **fields), new_id=lambda: f"id{next(self._ids)}"
            )

    def sweep(self, until):
        with self.repository.begin() as unit:
            self.changes += end_stale_events(unit, seen_until=until)

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
    analyst.see(0, BARE)
    analyst.see(2, BARE, BARE)
    analyst.see(4, BARE)
    [alert] = analyst.all("alerts")
    assert (alert.state, alert.count, alert.fired_at) == (AlertState.FIRING, 2, at(4))
    assert alert.image_key == make_prediction(2).image_key
    assert alert.summary == "2 people without a mask for 4 s at Main door (Shop 1)"
    analyst.see(6, BARE, BARE, BARE)
    [alert] = analyst.all("alerts")
    assert (alert.count, alert.snapshot_id) == (3, make_prediction(6).snapshot_id)
    assert analyst.told() == [Change.STARTED, Change.FIRED]


def test_the_alert_is_resolved_with_its_event(analyst):
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
    for seconds in (6, 8):
        analyst.see(seconds, MASKED)
    [event], [alert] = analyst.all("events"), analyst.all("alerts")
    assert (event.state, event.resolved_at) == (EventState.RESOLVED, at(8))
    assert (alert.state, alert.resolved_at) == (AlertState.RESOLVED, at(8))
    assert analyst.changes[-1].alert == alert


def test_a_pending_event_leaves_no_trace(analyst):
    analyst.see(0, BARE)
    analyst.see(2, MASKED)
    assert analyst.all("events") == []
    assert analyst.told() == [Change.STARTED, Change.DROPPED]


def test_the_alert_counts_once_in_the_statistics(analyst):
    for seconds in (0, 2, 4, 6, 8):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert row.alerts == 1


def test_a_picture_that_was_overtaken_is_counted_but_moves_no_event(analyst):
    analyst.see(0, BARE)
    analyst.see(4, MASKED)
    analyst.see(2, BARE)
    analyst.see(6, BARE)
    assert analyst.told() == [Change.STARTED, Change.DROPPED, Change.STARTED]
    with analyst.repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert row.faces == {BARE: 3, MASKED: 1}


def test_cameras_do_not_touch_each_other_s_events(analyst):
    with analyst.repository.begin() as unit:
        unit.cameras.add(make_camera(id="till", name="Till"))
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
        analyst.see(seconds, MASKED, camera_id="till")
    assert [event.camera_id for event in analyst.all("events")] == ["door"]


def test_disabled_rules_and_disabled_cameras_make_no_events(analyst):
    with analyst.repository.begin() as unit:
        unit.rules.update(make_rule(enabled=False))
    analyst.see(0, BARE)
    with analyst.repository.begin() as unit:
        unit.rules.update(make_rule())
        unit.cameras.update(make_camera(enabled=False))
    analyst.see(2, BARE)
    assert analyst.changes == []


def test_the_sweep_resolves_what_a_silent_camera_left_firing(analyst):
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
    analyst.sweep(at(64))
    assert analyst.told()[-1] is Change.FIRED
    analyst.sweep(at(64.5))
    last = analyst.changes[-1]
    assert (last.change, last.reason, last.event.resolved_at) == (Change.RESOLVED, "no_pictures", at(64))
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_the_sweep_ends_nothing_while_it_is_unknown_what_is_on_its_way(analyst):
    analyst.see(0, BARE)
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
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        change(unit)
    analyst.sweep(None)
    assert (analyst.changes[-1].change, analyst.changes[-1].reason) == (Change.RESOLVED, reason)
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_the_sweep_resolves_the_alerts_of_a_camera_that_was_removed(analyst):
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        unit.cameras.remove("door")
    analyst.sweep(None)
    with analyst.repository.begin() as unit:
        resolve_orphans(unit, at(9))
    assert analyst.all("alerts")[0].state is AlertState.RESOLVED


def test_an_alert_whose_event_is_open_is_no_orphan(analyst):
    for seconds in (0, 2, 4):
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
    ids = count(1)

    def fire(unit):
        for seconds in (0, 2, 4):
            record_prediction(unit, make_prediction(seconds, BARE), new_id=lambda: f"id{next(ids)}")

    with analyst.repository.begin() as unit:
        orphans = resolve_orphans(Interrupted(unit, fire), at(9))
    assert orphans == []
    assert [analyst.all(which)[0].state for which in ("events", "alerts")] == [EventState.FIRING, AlertState.FIRING]


def test_an_alert_that_ends_with_its_event_while_orphans_are_sought_keeps_its_end(analyst):
    for seconds in (0, 2, 4):
        analyst.see(seconds, BARE)
    with analyst.repository.begin() as unit:
        orphans = resolve_orphans(Interrupted(unit, lambda unit: end_stale_events(unit, seen_until=at(100))), at(200))
    assert orphans == []
    assert analyst.all("alerts")[0].resolved_at == at(64)


def test_pictures_on_their_way_keep_a_camera_from_being_called_silent():
    assert seen_until(at(100), [IDLE, IDLE], at(3)) == at(100)
    assert seen_until(at(100), [IDLE, BUSY], at(3)) == at(3)
    assert seen_until(at(100), [IN_HAND, IDLE], at(3)) == at(3)
    assert seen_until(at(100), [BUSY, IDLE], None) is None


def test_a_new_installation_gets_one_rule_and_keeps_what_an_operator_made_of_it(repository):
    assert ensure_default_rule(repository, new_id=lambda: "first")
    assert not ensure_default_rule(repository, new_id=lambda: "second")
    with repository.begin() as unit:
        assert unit.rules.list() == [default_rule(lambda: "first")]
