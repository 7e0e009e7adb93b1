"""Rules: all that can be said of one, what is odd about it, and what it would have done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from httpx import Client
from world import START, World

from common.domain.event import EventState

NO_MASK = {"name": "No mask", "condition": {"label": "no_mask", "count": {">=": 1}}, "for_seconds": 0}
WHOLE = NO_MASK | {
    "sites": ["North"],
    "min_face_px": 24,
    "receivers": ["Anna"],
    "group_by": "site",
    "repeat_seconds": 600,
    "escalate_seconds": 900,
    "escalate_to": ["Ben"],
    "schedule": {"windows": [{"days": ["mon"], "start": "08:00", "end": "18:00"}], "timezone": "Asia/Shanghai"},
}
DOWN = {"name": "Camera down", "condition": {"trouble": "camera_down", "seconds": {">": 60}}}


@pytest.mark.parametrize("rule", [NO_MASK, WHOLE, DOWN])
def test_what_is_said_of_a_rule_is_answered(admin: Client, viewer: Client, rule: dict[str, Any]) -> None:
    made = admin.post("/api/v1/rules", json=rule)
    assert made.status_code == 201
    seen = viewer.get(made.headers["Location"]).json()
    assert {name: seen[name] for name in rule} == rule
    changed = admin.patch(made.headers["Location"], json={"group_by": "rule"}).json()
    assert (changed["group_by"], changed["condition"]) == ("rule", rule["condition"])


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"condition": {"trouble": "fire"}}, "condition.trouble", "should be"),
        ({"condition": {"trouble": "no_data", "count": {">=": 1}}}, "condition", "exactly one of"),
        ({"condition": {"trouble": "no_data", "label": "no_mask"}}, "condition", "looks at no faces"),
        ({"condition": {"count": {">=": 1}, "seconds": {">": 1}}}, "condition", "for_seconds"),
        ({"condition": {"trouble": "no_data"}, "zone": "door"}, "body", "no zone"),
        ({"condition": {"trouble": "queue_lag"}, "sites": ["North"]}, "body", "whole installation"),
        ({"group_by": "colour"}, "group_by", "should be"),
        ({"escalate_seconds": 60}, "body", "needs escalate_to"),
        ({"min_face_px": -1}, "min_face_px", "greater than"),
        ({"cameras": ["nowhere"]}, "cameras", "no camera nowhere"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_a_sentence(
    admin: Client, fields: dict[str, Any], field: str, sentence: str
) -> None:
    answer = admin.post("/api/v1/rules", json=NO_MASK | fields)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert sentence in answer.json()["detail"]


def test_what_nothing_has_yet_is_a_warning(world: World, admin: Client) -> None:
    world.camera("Door", tags=("hall",))
    made = admin.post(
        "/api/v1/rules", json=WHOLE | {"zone": "exit", "tags": ["hall", "yard"], "sites": ["South"]}
    ).json()
    assert made["warnings"] == [
        "there is no receiver 'Anna'",
        "there is no receiver 'Ben'",
        "no camera has the site 'South'",
        "no camera has the tag 'yard'",
        "no camera has the zone 'exit'",
        "nobody is told yet",
    ]


def test_a_rule_is_checked_without_being_saved(world: World, operator: Client, viewer: Client) -> None:
    world.camera("Door", tags=("hall",))
    told = operator.post("/api/v1/rules/check", json=NO_MASK | {"tags": ["yard"]})
    assert told.json() == {"warnings": ["no camera has the tag 'yard'", "nobody is told yet"]}
    assert operator.post("/api/v1/rules/check", json=NO_MASK | {"cameras": ["nowhere"]}).status_code == 422
    assert operator.get("/api/v1/rules").json()["items"] == []
    assert viewer.post("/api/v1/rules/check", json=NO_MASK).status_code == 403


def test_rules_tell_where_they_stand(world: World, viewer: Client) -> None:
    door, rule, calm = world.camera("Door"), world.rule("Bare"), world.rule("Calm")
    alert = world.alert(door, rule)
    with world.console.repository.begin() as unit:
        event = unit.events.get(alert.event_id)
        unit.events.save(replace(event, id="pending", rule_id=calm.id, state=EventState.PENDING, fired_at=None))
    bare, other = viewer.get("/api/v1/rules").json()["items"]
    since, at = (time.isoformat().replace("+00:00", "Z") for time in (event.started_at, alert.fired_at))
    place = {"camera_id": door.id, "camera": "Door", "since": since}
    assert bare["state"] == {"firing": [place], "pending": [], "last_fired_at": at}
    assert other["state"] == {"firing": [], "pending": [place], "last_fired_at": None}
    assert viewer.get(f"/api/v1/rules/{rule.id}").json()["state"] == bare["state"]


def test_a_rule_is_tried_on_the_past_before_and_after_it_is_saved(
    world: World, admin: Client, operator: Client
) -> None:
    door, till = world.camera("Door"), world.camera("Till")
    for camera, ages in ((door, (100, 98, 96, 94)), (till, (50, 48, 46))):
        for age in ages:
            world.snapshot(camera, age=age)
    draft = operator.post("/api/v1/rules/test", json={"rule": NO_MASK}).json()
    assert (draft["fired"], draft["people"], draft["pictures"], draft["cameras"]) == (2, 1, 7, 2)
    assert [one["camera"] for one in draft["firings"]] == ["Door", "Till"]
    assert (sum(draft["messages"].values()), sum(day["messages"] for day in draft["days"])) == (3, 3)
    rule_id = admin.post("/api/v1/rules", json=NO_MASK).json()["id"]
    assert operator.post(f"/api/v1/rules/{rule_id}/test").json() == draft
    only = operator.post(f"/api/v1/rules/{rule_id}/test", json={"cameras": [till.id]}).json()
    assert [one["camera"] for one in only["firings"]] == ["Till"]
    two = operator.post(
        f"/api/v1/rules/{rule_id}/test", json={"rule": {"condition": {"label": "no_mask", "count": {">=": 2}}}}
    )
    assert two.json()["fired"] == 0
    before = {"from": "2026-03-01T00:00:00Z", "to": START.isoformat().replace("12:00", "11:59")}
    assert operator.post(f"/api/v1/rules/{rule_id}/test", json=before).json()["pictures"] == 4


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"from": "2026-03-02T12:00:00Z", "to": "2026-03-02T12:00:00Z"}, "must be before"),
        ({"from": "2020-03-02T12:00:00Z"}, "at most 366 days"),
        ({"from": "yesterday"}, "from"),
        ({"cameras": ["nowhere"]}, "no camera nowhere"),
        ({"rule": {"for_seconds": -1}}, "for_seconds"),
        ({"rule": DOWN}, "looks at no pictures"),
    ],
)
def test_what_cannot_be_tried_is_said(world: World, operator: Client, body: dict[str, Any], sentence: str) -> None:
    rule = world.rule()
    answer = operator.post(f"/api/v1/rules/{rule.id}/test", json=body)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_who_may_only_look_may_not_try(world: World, viewer: Client) -> None:
    assert viewer.post(f"/api/v1/rules/{world.rule().id}/test").status_code == 403
    assert viewer.post("/api/v1/rules/test", json={"rule": NO_MASK}).status_code == 403
