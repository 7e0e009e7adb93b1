"""What a rule says of one picture."""

from __future__ import annotations

from datetime import time

import pytest
from pictures import BARE, MASKED, UNSURE, WRONG, at, make_camera, make_prediction, make_rule

from analyzer.rules import Reading, applies, read
from analyzer.sightings.person import Person, Portrait
from analyzer.zones import look_at
from common.domain.camera import Zone
from common.domain.rule import Condition
from common.domain.schedule import Schedule, Window

MONDAY_MORNING = Schedule(windows=(Window(days=("mon",), start=time(8), end=time(12)),))
SHARE = Condition(label=BARE, count_at_least=None, share_above=0.5)


def make_person(label):
    best = Portrait(snapshot_id="s", box=(0, 0, 1, 1), score=0.5)
    return Person(id="p", began_at=at(0), seen_at=at(0), shots=2, box=(0, 0, 1, 1), label=label, best=best)


def reading(*labels, seconds=0.0, camera=None, **rule_fields):
    """Of a picture of people who carry these labels, whatever their faces in it say."""
    look = look_at(camera or make_camera(), make_prediction(seconds, *[UNSURE] * len(labels)))
    return read(make_rule(**rule_fields), look, [make_person(label) for label in labels])


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
def test_the_condition_holds_by_count_or_by_share_of_those_who_can_be_judged(condition, labels, expected):
    assert reading(*labels, condition=condition) == expected


def test_outside_its_schedule_the_condition_is_false_but_the_count_stays_true():
    assert reading(BARE, schedule=MONDAY_MORNING) == Reading(holds=True, count=1)
    assert reading(BARE, schedule=MONDAY_MORNING, seconds=4 * 3600) == Reading(holds=False, count=1)


def test_a_rule_with_a_zone_counts_only_there():
    whole = Zone(name="all", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
    camera = make_camera(zones=(whole, Zone(name="right", polygon=((0.4, 0), (1, 0), (1, 1), (0.4, 1)))))
    assert reading(BARE, BARE, BARE, zone="right", camera=camera) == Reading(holds=True, count=1)
    assert reading(BARE, zone="right", camera=camera) == Reading(holds=False, count=0)
    assert reading(BARE, zone="cellar") == Reading(holds=False, count=0)


def test_a_rule_counts_only_faces_that_are_large_enough():
    assert reading(BARE, min_face_px=30).count == 1
    assert reading(BARE, min_face_px=31).count == 0


@pytest.mark.parametrize(
    ("rule_fields", "expected"),
    [
        ({}, True),
        ({"cameras": ("door",)}, True),
        ({"cameras": ("till",)}, False),
        ({"tags": ("indoors", "ground floor")}, True),
        ({"tags": ("outdoors",)}, False),
        ({"cameras": ("till",), "tags": ("indoors",)}, True),
        ({"sites": ("Shop 1", "Shop 2")}, True),
        ({"sites": ("Shop 2",)}, False),
    ],
)
def test_a_rule_applies_by_id_by_tag_by_site_or_to_every_camera(rule_fields, expected):
    assert applies(make_rule(**rule_fields), make_camera(tags=("indoors",), site="Shop 1")) is expected


def test_the_schedule_is_judged_by_when_the_picture_was_captured_not_by_when_it_arrived():
    look = look_at(make_camera(), make_prediction(0, BARE, predicted_at=at(5 * 3600)))
    assert read(make_rule(schedule=MONDAY_MORNING), look, [make_person(BARE)]).holds
