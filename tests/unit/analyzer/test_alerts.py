"""What a person is told."""

from __future__ import annotations

import pytest
from pictures import MASKED, UNSURE, WRONG, at, make_camera, make_rule

from analyzer.alerts import grow, raise_alert, resolve, summarise
from common.domain.alert import AlertState
from common.domain.event import Event, EventState
from common.domain.rule import Condition, Severity

CAMERA = make_camera(site="Shop 1")


def make_event(*, people=2, seconds=6.0, **fields):
    return Event(
        **{
            "id": "e1",
            "rule_id": "rule",
            "camera_id": "door",
            "state": EventState.FIRING,
            "started_at": at(0),
            "last_true_at": at(seconds),
            "evaluated_at": at(seconds),
            "fired_at": at(4),
            "peak_count": people,
            "snapshot_id": "s2",
            **fields,
        }
    )


def test_the_sentence_says_how_many_what_how_long_and_where():
    assert summarise(make_event(), make_rule(), CAMERA) == "2 people without a mask for 6 s at Main door (Shop 1)"


@pytest.mark.parametrize(
    ("people", "seconds", "rule_fields", "camera_fields", "expected"),
    [
        (1, 0, {}, {}, "1 person without a mask at Main door"),
        (
            1,
            125,
            {"condition": Condition(label=WRONG)},
            {},
            "1 person wearing the mask wrongly for 2 min 5 s at Main door",
        ),
        (
            1,
            60,
            {"condition": Condition(label=MASKED)},
            {},
            "1 person wearing the mask properly for 1 min 0 s at Main door",
        ),
        (
            3,
            3780,
            {"condition": Condition(label=UNSURE)},
            {},
            "3 people whose mask cannot be judged for 1 h 3 min at Main door",
        ),
        (2, 0, {}, {"site": "Shop 1", "location": "till"}, "2 people without a mask at Main door (Shop 1, till)"),
        (
            3,
            5,
            {"condition": Condition(count_at_least=None, share_above=0.2)},
            {},
            "3 people without a mask (more than 20% of the faces) for 5 s at Main door",
        ),
    ],
)
def test_the_sentence_fits_the_rule_and_the_place(people, seconds, rule_fields, camera_fields, expected):
    event = make_event(people=people, seconds=seconds)
    assert summarise(event, make_rule(**rule_fields), make_camera(**camera_fields)) == expected


def test_an_alert_carries_the_event_s_picture_and_the_rule_s_severity():
    alert = raise_alert(make_event(), make_rule(severity=Severity.CRITICAL), CAMERA, image_key="a.jpg")
    assert (alert.id, alert.event_id, alert.state, alert.severity) == ("e1", "e1", AlertState.FIRING, Severity.CRITICAL)
    assert (alert.snapshot_id, alert.image_key, alert.count, alert.fired_at) == ("s2", "a.jpg", 2, at(4))


def test_more_people_give_it_the_better_picture_and_a_true_sentence():
    alert = raise_alert(make_event(), make_rule(), CAMERA, image_key="a.jpg")
    grown = grow(alert, make_event(people=5, seconds=8, snapshot_id="s8"), make_rule(), CAMERA, image_key="b.jpg")
    assert (grown.id, grown.snapshot_id, grown.image_key, grown.count) == ("e1", "s8", "b.jpg", 5)
    assert grown.summary == "5 people without a mask for 8 s at Main door (Shop 1)"


def test_once_resolved_it_says_how_long_it_lasted():
    alert = raise_alert(make_event(), make_rule(), CAMERA, image_key="a.jpg")
    over = make_event(seconds=40, state=EventState.RESOLVED, resolved_at=at(44))
    resolved = resolve(alert, over, make_rule(), CAMERA)
    assert (resolved.state, resolved.resolved_at) == (AlertState.RESOLVED, at(44))
    assert resolved.summary == "2 people without a mask for 40 s at Main door (Shop 1)"
    assert resolve(alert, over, None, None).summary == alert.summary
