"""Who is told when a receiver is away, and after the end was told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import Desk
from pictures import at

from analyzer.alerting.asking import delivered
from common.domain.notification import NotificationKind
from common.domain.rule import GroupBy

FIRING, RISING, RESOLVED = NotificationKind.FIRING, NotificationKind.RISING, NotificationKind.RESOLVED


@pytest.fixture
def desk(repository):
    return Desk(repository)


def test_a_receiver_that_is_away_keeps_no_news_from_the_others(desk):
    with desk.repository.begin() as unit:
        unit.receivers.add(desk.receiver("away"))
    desk.save_rule(group_by=GroupBy.RULE)
    door = desk.fire(0, "door")
    desk.deliver(1, "r-anna")
    till = desk.fire(500, "till")
    assert {(who, *sorted(alerts)) for _, who, _, alerts in desk.told()} == {
        ("r-anna", door),
        ("r-away", door, till),  # its only message tells of both when it is back
        ("r-anna", door, till),
    }
    desk.fire(501, "till")
    desk.tick(1000)
    assert len(desk.told()) == 3


def test_what_waits_for_one_and_is_being_sent_to_another_is_told_to_both(desk):
    with desk.repository.begin() as unit:
        unit.receivers.add(desk.receiver("away"))
    desk.save_rule(group_by=GroupBy.RULE)
    desk.fire(0, "door")
    with desk.repository.begin() as unit:
        sent = next(one for one in unit.notifications.list() if one.receiver_id == "r-anna")
        unit.notifications.save(replace(sent, claimed_until=at(100)))
    till = desk.fire(2, "till")
    with desk.repository.begin() as unit:
        delivered(unit, sent, at=at(3))
    desk.tick(400)
    assert {who for _, who, _, alerts in desk.told() if till in alerts} == {"r-anna", "r-away"}


def test_what_goes_on_after_all_once_its_end_was_told_is_news(desk):
    alert = desk.fire(0)
    desk.deliver(1)
    desk.end(100, alert)
    desk.deliver(101)
    desk.fire_again(110, alert)
    desk.tick(301)  # its group's cooldown is over
    desk.deliver(302)
    desk.end(400, alert)
    assert desk.kinds() == [FIRING, RESOLVED, FIRING, RESOLVED]


def test_what_goes_on_after_all_once_its_group_is_closed_is_looked_at_again(desk):
    alert = desk.fire(0)
    desk.deliver(1)
    desk.end(100, alert)
    desk.tick(1000)
    desk.change_alert(alert, snoozed_until=at(2000))
    desk.fire_again(1010, alert)
    desk.tick(2001)
    assert desk.kinds() == [FIRING, RESOLVED, FIRING]


def test_what_was_told_before_the_last_all_clear_is_not_escalated(desk):
    with desk.repository.begin() as unit:
        unit.receivers.add(desk.receiver("chief"))
    desk.save_rule(receivers=("anna",), escalate_seconds=120, escalate_to=("chief",))
    first = desk.fire(0)
    desk.deliver(1)
    desk.end(10, first)
    desk.fire(20, name="again")
    desk.deliver(21)
    desk.tick(301)
    assert desk.kinds() == [FIRING, RESOLVED, FIRING]
    desk.deliver(302)
    desk.tick(421)
    assert desk.kinds() == [FIRING, RESOLVED, FIRING]
    desk.tick(422)
    assert desk.kinds() == [FIRING, RESOLVED, FIRING, NotificationKind.ESCALATED]
