"""Who is told of what, and why not: the stages on a real database, with scripted times."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from desks import Desk
from pictures import START, at, make_rule

from common.domain.decision import Verdict
from common.domain.notification import NotificationKind, NotificationState
from common.domain.rule import Condition, GroupBy, Trouble
from common.domain.schedule import Schedule, Window
from common.domain.silence import Silence

FIRING, RISING, RESOLVED = NotificationKind.FIRING, NotificationKind.RISING, NotificationKind.RESOLVED


@pytest.fixture
def desk(repository):
    return Desk(repository)


def test_one_person_for_ten_minutes_is_one_message_and_one_all_clear(desk):
    alert = desk.fire(0)
    desk.deliver(1)
    for seconds in range(5, 600, 5):
        desk.fire(seconds)
        desk.tick(seconds)
    desk.end(600, alert)
    desk.deliver(601)
    desk.tick(10_000)
    assert desk.told() == [(FIRING, "r-anna", 1, {alert}), (RESOLVED, "r-anna", 1, {alert})]


def test_the_cooldown_starts_when_the_message_arrives_and_holds_what_comes_again(desk):
    first = desk.fire(0)
    desk.deliver(100)  # it took that long
    desk.end(110, first)
    second = desk.fire(120, name="again")
    assert desk.kinds() == [FIRING, RESOLVED]
    verdict, reason = desk.why(second)["throttle"]
    assert verdict is Verdict.HELD
    assert "told at 2026-03-02 09:01:40 UTC" in reason
    assert "until 2026-03-02 09:06:40 UTC" in reason
    desk.deliver(130)
    desk.tick(399)
    assert desk.kinds() == [FIRING, RESOLVED]
    desk.tick(400)
    assert desk.told()[2:] == [(FIRING, "r-anna", 1, {second})]
    assert desk.why(second)["deliver"] == (Verdict.PASSED, "a message is made for anna")


def test_what_is_over_before_the_cooldown_is_told_to_nobody_and_says_so(desk):
    desk.end(10, desk.fire(0))
    desk.deliver(11)
    second = desk.fire(20, name="again")
    desk.end(30, second)
    desk.tick(1000)
    assert desk.kinds() == [FIRING, RESOLVED]
    assert desk.why(second)["deliver"] == (Verdict.STOPPED, "it was over before anybody was told")


def test_more_people_break_through_the_cooldown_fewer_do_not(desk):
    alert = desk.fire(0, people=2)
    desk.deliver(1)
    desk.fire(10, people=2)
    desk.fire(15, people=1)
    assert desk.kinds() == [FIRING]
    desk.fire(20, people=3)
    assert desk.told()[1:] == [(RISING, "r-anna", 3, {alert})]
    assert desk.why(alert)["throttle"] == (Verdict.PASSED, "3 people instead of 2 break the cooldown")
    desk.deliver(21)
    desk.fire(25, people=3)
    assert desk.kinds() == [FIRING, RISING]


def test_cameras_of_a_site_are_told_together(desk):
    desk.save_rule(group_by=GroupBy.SITE)
    door = desk.fire(0, "door")
    desk.deliver(1)
    till = desk.fire(2, "till")  # two people now: that is news
    yard = desk.fire(3, "yard")  # of no site: a group of its own
    desk.deliver(4)
    assert desk.told() == [
        (FIRING, "r-anna", 1, {door}),
        (FIRING, "r-anna", 2, {door, till}),
        (FIRING, "r-anna", 1, {yard}),
    ]
    desk.end(10, door)
    assert RESOLVED not in desk.kinds()
    desk.end(11, till)
    assert desk.told()[3:] == [(RESOLVED, "r-anna", 2, {door, till})]
    assert desk.why(till)["group"] == (Verdict.PASSED, "told together with 1 earlier of Shop 1")


def test_what_comes_while_the_message_waits_is_added_to_it(desk):
    desk.save_rule(group_by=GroupBy.RULE)
    door, till = desk.fire(0, "door"), desk.fire(1, "till")
    assert desk.told() == [(FIRING, "r-anna", 2, {door, till})]
    assert "on its way" in desk.why(till)["deliver"][1]


def test_a_message_given_up_starts_no_cooldown(desk):
    desk.save_rule(group_by=GroupBy.RULE)
    desk.fire(0)
    with desk.repository.begin() as unit:
        [message] = unit.notifications.list()
        unit.notifications.save(replace(message, state=NotificationState.GIVEN_UP))
    second = desk.fire(10, "till")
    assert desk.told()[1][0] is FIRING
    assert second in desk.told()[1][3]


def test_a_silence_holds_and_its_end_lets_go(desk):
    desk.save(
        "silences",
        Silence(
            id="s",
            starts_at=at(0),
            ends_at=at(60),
            cameras=("door",),
            comment="cleaning",
            created_by="bo",
            created_at=START,
        ),
    )
    alert, other = desk.fire(10), desk.fire(11, "till")
    assert desk.told() == [(FIRING, "r-anna", 1, {other})]
    assert desk.why(alert)["silence"] == (Verdict.HELD, "silenced by bo until 2026-03-02 09:01:00 UTC: cleaning")
    desk.tick(59)
    assert len(desk.told()) == 1
    desk.tick(60)
    assert desk.told()[1] == (FIRING, "r-anna", 1, {alert})


def test_a_camera_that_is_down_explains_what_it_showed(desk):
    down = make_rule(id="down", name="Down", condition=Condition(trouble=Trouble.CAMERA_DOWN))
    with desk.repository.begin() as unit:
        unit.rules.add(down)
    told = desk.fire(0, rule=down)
    held, other = desk.fire(1), desk.fire(2, "till")
    assert [alerts for *_, alerts in desk.told()] == [{told}, {other}]
    assert desk.why(held)["inhibit"] == (Verdict.HELD, "held while camera_down fires on the same camera")
    desk.end(10, told)
    desk.tick(11)
    assert desk.told()[-1] == (FIRING, "r-anna", 1, {held})


def test_a_snoozed_alert_is_told_no_more_until_then(desk):
    alert = desk.fire(0)
    desk.deliver(1)
    desk.change_alert(alert, snoozed_until=at(100))
    desk.fire(50, people=5)
    assert desk.kinds() == [FIRING]
    desk.fire(100, people=5)
    assert desk.kinds() == [FIRING, RISING]


def test_receivers_off_duty_disabled_or_not_named_are_not_told(desk):
    office = Schedule(windows=(Window(days=("mon",), start=time(9, 1), end=time(17)),))
    with desk.repository.begin() as unit:
        unit.receivers.update(desk.receiver("anna", schedule=office))
        unit.receivers.add(desk.receiver("bo", enabled=False))
        unit.receivers.add(desk.receiver("carl"))
    desk.save_rule(receivers=("anna", "bo"))
    alert = desk.fire(0)
    assert desk.why(alert)["route"] == (Verdict.HELD, "nobody is on duty: anna")
    desk.tick(60)
    assert desk.told() == [(FIRING, "r-anna", 1, {alert})]
    desk.save_rule(receivers=("bo",))
    assert desk.why(desk.fire(61, "till"))["route"] == (Verdict.HELD, "every receiver of the rule is disabled")
    desk.save_rule(receivers=("nobody",))
    assert desk.why(desk.fire(62, "yard"))["route"] == (Verdict.HELD, "there is no receiver of the rule's names")


def test_nobody_acknowledges_so_somebody_else_is_told_once(desk):
    with desk.repository.begin() as unit:
        unit.receivers.add(desk.receiver("chief"))
    desk.save_rule(receivers=("anna",), escalate_seconds=120, escalate_to=("chief",))
    alert = desk.fire(0)
    desk.tick(500)  # not delivered yet: nobody can have failed to act
    desk.deliver(500)
    desk.tick(619)
    assert desk.kinds() == [FIRING]
    desk.tick(620)
    desk.tick(700)
    assert desk.told()[1:] == [(NotificationKind.ESCALATED, "r-chief", 1, {alert})]
    assert desk.why(alert)["escalate"] == (Verdict.PASSED, "nobody acknowledged it for 120 s: goes to chief")
    desk.deliver(701)
    desk.end(800, alert)
    assert [(kind, who) for kind, who, *_ in desk.told()[2:]] == [(RESOLVED, "r-anna"), (RESOLVED, "r-chief")]


def test_an_acknowledged_alert_is_not_escalated(desk):
    desk.save_rule(escalate_seconds=10, escalate_to=("anna",))
    desk.change_alert(desk.fire(0), acknowledged_at=at(5), acknowledged_by="bo")
    desk.deliver(1)
    desk.tick(100)
    assert desk.kinds() == [FIRING]


def test_asking_again_and_again_adds_no_messages_and_no_decisions(desk):
    alert = desk.fire(0)
    with desk.repository.begin() as unit:
        before = unit.decisions.of(alert)
    for seconds in range(1, 30):
        desk.tick(seconds)
    with desk.repository.begin() as unit:
        assert unit.decisions.of(alert) == before
    assert desk.kinds() == [FIRING]


def test_a_group_closes_once_it_has_cooled(desk):
    desk.end(10, desk.fire(0))
    desk.deliver(20)
    desk.tick(319)
    with desk.repository.begin() as unit:
        assert len(unit.groups.open()) == 1
    desk.tick(320)
    with desk.repository.begin() as unit:
        assert unit.groups.open() == []


def test_twenty_people_come_and_go_within_one_cooldown(desk):
    """However they overlap: one message, those that break through with more than before, all-clears in between."""
    desk.save_rule(repeat_seconds=600)
    most = 0
    for minute in range(10):
        people = 1 + minute % 3
        alert = desk.fire(60 * minute, people=people, name=f"visit-{minute}")
        desk.deliver(60 * minute + 1)
        desk.end(60 * minute + 30, alert)
        desk.deliver(60 * minute + 31)
        most = max(most, people)
    kinds = desk.kinds()
    assert kinds.count(FIRING) + kinds.count(RISING) == most
    assert kinds.count(RESOLVED) == most
