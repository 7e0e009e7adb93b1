"""What people are told of whole stories: pictures in, messages out, by a scripted clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise

import pytest
from passers_by import Place, Visit, busy_place
from pictures import BARE, START, at, make_camera, make_rule

from analyzer.alerting.asking import delivered
from analyzer.alerting.notice import notice, tick
from analyzer.defaults import default_rules
from analyzer.evaluation import record_predictions
from common.domain.alert import AlertState
from common.domain.decision import Verdict
from common.domain.notification import NotificationKind, NotificationState
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.statistics import Grouping

TELLING = (NotificationKind.FIRING, NotificationKind.RISING)
INTERVAL = 5


class Watch:
    """One camera at one shot per 5 s; what is to be told arrives a second later."""

    def __init__(self, repository, rule):
        self.repository, self.rule = repository, rule
        self._ids = count(1)
        with repository.begin() as unit:
            unit.cameras.add(make_camera(site="Shop 1"))
            unit.rules.add(rule)
            url = "json://desk.example"
            unit.receivers.add(Receiver(id="r", name="Desk", kind=ReceiverKind.APPRISE, url=url, created_at=START))

    def see(self, place, *, seconds):
        for slot in range(0, seconds, INTERVAL):
            now = at(slot + 1)
            with self.repository.begin() as unit:
                record_predictions(unit, [place.prediction(START, slot)], now=now, notice=self._notice)
            tick(self.repository, now=now, new_id=self._new_id)
            with self.repository.begin() as unit:
                for message in unit.notifications.list(state=NotificationState.QUEUED):
                    delivered(unit, message, at=now + timedelta(seconds=1))

    def messages(self):
        with self.repository.begin() as unit:
            return sorted(unit.notifications.list(limit=1000), key=lambda message: message.created_at)

    def alerts(self):
        with self.repository.begin() as unit:
            return unit.alerts.list(limit=1000)

    def why(self, alert):
        with self.repository.begin() as unit:
            return {(said.stage, said.verdict) for said in unit.decisions.of(alert.id)}

    def _notice(self, unit, changes, *, now):
        notice(unit, changes, now=now, new_id=self._new_id)

    def _new_id(self):
        return f"id{next(self._ids):05}"


def test_one_person_who_stands_there_for_ten_minutes_is_told_of_once_and_once_that_it_is_over(repository):
    without, _down = default_rules(iter("ab").__next__)
    watch = Watch(repository, without)
    somebody = Visit(begins=10, ends=610, lane=5, label=BARE)
    watch.see(Place(camera_id="door", visits=[somebody]), seconds=1200)
    assert [message.kind for message in watch.messages()] == [NotificationKind.FIRING, NotificationKind.RESOLVED]
    [alert] = watch.alerts()
    assert (alert.state, alert.count) == (AlertState.RESOLVED, 1)
    with repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert (row.people, row.faces, row.alerts) == ({BARE: 1}, {BARE: 120}, 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_who_come_and_go_make_no_more_messages_than_their_group_may_and_none_is_missing(repository, seed):
    watch = Watch(repository, replace(make_rule(), repeat_seconds=300))
    watch.see(busy_place("door", seconds=900, people=20, seed=seed, stay=(15, 60)), seconds=1500)
    messages = watch.messages()
    told = [message for message in messages if message.kind in TELLING]
    named = {each for message in told for each in message.alert_ids}
    assert len(watch.alerts()) > len(told)
    for alert in watch.alerts():
        assert alert.id in named or watch.why(alert) >= {("throttle", Verdict.HELD), ("deliver", Verdict.STOPPED)}
    for earlier, later in pairwise(told):
        is_later = later.created_at - earlier.sent_at >= timedelta(seconds=300)
        assert is_later or later.facts["count"] > earlier.facts["count"]
    assert messages[-1].kind is NotificationKind.RESOLVED
    assert all(alert.state is AlertState.RESOLVED for alert in watch.alerts())
