"""How many messages firings would have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from pictures import START, at, make_camera, make_rule

from analyzer.backtest.messages import Messages
from analyzer.backtest.replay import Told
from analyzer.history.turns import Turn
from analyzer.machine import Change
from common.domain.event import Event, EventState
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import GroupBy
from common.domain.schedule import Schedule, Window
from common.domain.silence import Silence

FIRING, RISING = NotificationKind.FIRING, NotificationKind.RISING
RESOLVED, ESCALATED = NotificationKind.RESOLVED, NotificationKind.ESCALATED
DAY = 86_400


def receiver(name, **fields):
    return Receiver(id=f"r-{name}", name=name, kind=ReceiverKind.WEBHOOK, url="x", created_at=START, **fields)


def fires(start, end, *, camera="door", people=1, rising=()):
    """One event from `start` to `end`; `rising`: when more people came, and how many there were."""
    event = Event(
        id=f"{camera}-{start}", rule_id="rule", camera_id=camera, state=EventState.FIRING, started_at=at(start),
        last_true_at=at(start), evaluated_at=at(start), fired_at=at(start), peak_count=people, snapshot_id=f"s{start}",
    )  # fmt: skip
    told = [Told(at=at(start), turn=Turn(change=Change.FIRED, event=event))]
    for seconds, count in rising:
        event = replace(event, peak_count=count, snapshot_id=f"s{seconds}")
        told.append(Told(at=at(seconds), turn=Turn(change=Change.CONTINUED, event=event)))
    over = replace(event, state=EventState.RESOLVED, resolved_at=at(end))
    return [*told, Told(at=at(end), turn=Turn(change=Change.RESOLVED, event=over))]


def sent(*events, rule=None, receivers=(), silences=()):
    """(seconds, kind, receiver) of every message."""
    cameras = {name: make_camera(id=name, name=name, site="Shop") for name in ("door", "till")}
    messages = Messages(
        rule or make_rule(repeat_seconds=300), cameras=cameras, receivers=receivers, silences=silences, start=START
    )
    told = sorted((each for event in events for each in event), key=lambda each: each.at)
    found = list(messages.of(told, end=at(DAY)))
    return [((one.at - START).total_seconds(), one.kind, one.receiver) for one in found]


def test_one_event_is_one_message_and_one_all_clear_for_each_receiver() -> None:
    assert sent(fires(0, 600), receivers=[receiver("anna"), receiver("ben")]) == [
        (0, FIRING, "anna"),
        (0, FIRING, "ben"),
        (600, RESOLVED, "anna"),
        (600, RESOLVED, "ben"),
    ]


def test_without_any_receiver_one_is_thought_of() -> None:
    assert sent(fires(0, 10)) == [(0, FIRING, ""), (10, RESOLVED, "")]


def test_a_rule_that_names_nobody_who_is_there_tells_nobody() -> None:
    assert sent(fires(0, 10), rule=make_rule(receivers=("zoe",)), receivers=[receiver("anna")]) == []


def test_what_comes_within_the_cooldown_waits_for_its_end() -> None:
    found = sent(fires(0, 10), fires(100, 110), fires(200, 400))
    assert [(seconds, kind) for seconds, kind, _ in found] == [
        (0, FIRING),
        (10, RESOLVED),
        (300, FIRING),
        (400, RESOLVED),
    ]


def test_more_people_break_through_the_cooldown() -> None:
    found = sent(fires(0, 100, rising=[(50, 3)]))
    assert [(seconds, kind) for seconds, kind, _ in found] == [(0, FIRING), (50, RISING), (100, RESOLVED)]


@pytest.mark.parametrize(("group_by", "messages"), [(GroupBy.CAMERA, 4), (GroupBy.SITE, 2)])
def test_cameras_of_a_site_are_told_together_if_so_wanted(group_by: GroupBy, messages: int) -> None:
    events = fires(0, 200), fires(10, 150, camera="till")
    assert len(sent(*events, rule=make_rule(group_by=group_by, repeat_seconds=300))) == messages + (
        group_by is GroupBy.SITE
    )


def test_a_silence_of_that_time_counts() -> None:
    silence = Silence(id="s", starts_at=START, ends_at=at(60), created_at=START)
    assert [seconds for seconds, _, _ in sent(fires(0, 50), fires(55, 100), silences=[silence])] == [60, 100]


def test_who_is_on_duty_later_is_told_later() -> None:
    late = Schedule(windows=(Window(days=("mon",), start=time(10), end=time(11)),))
    found = sent(fires(0, 7200), receivers=[receiver("anna", schedule=late)])
    assert [(seconds, kind) for seconds, kind, _ in found] == [(3600, FIRING), (7200, RESOLVED)]


def test_nobody_acknowledges() -> None:
    rule = make_rule(receivers=("anna",), escalate_seconds=120, escalate_to=("ben",), repeat_seconds=300)
    found = sent(fires(0, 600), rule=rule, receivers=[receiver("anna"), receiver("ben")])
    assert (120, ESCALATED, "ben") in found


def test_what_is_over_is_forgotten() -> None:
    cameras = {"door": make_camera()}
    messages = Messages(make_rule(repeat_seconds=300), cameras=cameras, receivers=[], silences=[], start=START)
    told = [each for start in range(0, 50_000, 1000) for each in fires(start, start + 500)]
    assert len(list(messages.of(told, end=at(DAY)))) == 100
    paper = messages._paper
    assert (paper.groups, paper.alerts, paper.messages) == ({}, {}, {})
