"""What a rule says of one picture."""

from __future__ import annotations

from datetime import time

import pytest
from pictures import BARE, MASKED, UNSURE, WRONG, at, make_camera, make_prediction, make_rule

from analyzer.rules import Reading, applies, read
from common.domain.camera import Zone
from common.domain.rule import Condition
from common.domain.schedule import Schedule, Window

MONDAY_MORNING = Schedule(windows=(Window(days=("mon",), start=time(8), end=time(12)),))
SHARE = Condition(label=BARE, count_at_least=None, share_above=0.5)


def reading(*labels, seconds=0.0, camera=None, **rule_fields):
    prediction = make_prediction(seconds, *labels)
    return read(make_rule(**rule_fields), camera or make_camera(), prediction.faces, prediction)


@pytest.mark.parametrize(
    ("condition", "labels", "expected"),
    [
        (Condition(), [], Reading(holds=False, count=0)),
        (Condition(), [BARE, MASKED], Reading(holds=True, count=1)),
        (Condition(count_at_least=2), [BARE, MASKED], Reading(holds=False, count=1)),
        (Condition(label=WRONG), [BARE, WRONG], Reading(holds=True, count=1)),
        (SHARE, [BARE, MASKED], Reading(holds=False, count=1)),
        (SHARE, [BARE, BARE, MASKED], Reading(holds=True, count=2)),
        (SHARE, [BARE, UNSURE, UNSURE], Reading(holds=True, count=1)),
        (SHARE, [UNSURE], Reading(holds=False, count=0)),
    ],
)
def test_the_condition_holds_by_count_or_by_share_of_the_certain_faces(condition, labels, expected):
    assert reading(*labels, condition=condition) == expected


def test_outside_its_schedule_the_condition_is_false_but_the_count_stays_true():
    assert reading(BARE, schedule=MONDAY_MORNING) == Reading(holds=True, count=1)
    assert reading(BARE, schedule=MONDAY_MORNING, seconds=4 * 3600) == Reading(holds=False, count=1)


def test_a_rule_with_a_zone_counts_only_there():
    camera = make_camera(zones=(Zone(name="right", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1))),))
    assert reading(BARE, zone="right", camera=camera) == Reading(holds=False, count=0)


@pytest.mark.parametrize(
    ("rule_fields", "expected"),
    [
        ({}, True),
        ({"cameras": ("door",)}, True),
        ({"cameras": ("till",)}, False),
        ({"tags": ("indoors", "ground floor")}, True),
        ({"tags": ("outdoors",)}, False),
        ({"cameras": ("till",), "tags": ("indoors",)}, True),
    ],
)
def test_a_rule_applies_by_id_by_tag_or_to_every_camera(rule_fields, expected):
    assert applies(make_rule(**rule_fields), make_camera(tags=("indoors",))) is expected


def test_the_schedule_is_judged_by_when_the_picture_was_captured_not_by_when_it_arrived():
    prediction = make_prediction(0, BARE, predicted_at=at(5 * 3600))
    rule = make_rule(schedule=MONDAY_MORNING)
    assert read(rule, make_camera(), prediction.faces, prediction).holds
