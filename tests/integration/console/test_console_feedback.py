"""Right or wrong: what people say of faces becomes an example."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import simplejpeg
from httpx import Client
from world import FACES, World

from console.feedback import CROPS

RIGHT = {"verdict": "right"}


def wrong(label: str) -> dict[str, str]:
    return {"verdict": "wrong", "label": label}


def crops(world: World) -> list[str]:
    return list(world.console.store.list(CROPS))


def test_a_face_is_judged_and_its_crop_is_kept(world: World, operator: Client, viewer: Client) -> None:
    shot = world.snapshot(world.camera())
    answer = operator.post(f"/api/v1/snapshots/{shot.id}/faces/1/feedback", json=wrong("mask_correct"))
    said = answer.json()
    assert answer.status_code == 200
    assert (said["said"], said["meant"], said["by"], said["has_crop"]) == (
        "mask_incorrect", "mask_correct", "operator", True,
    )  # fmt: skip
    assert viewer.get("/api/v1/feedback").json()["items"] == [said]
    [key] = crops(world)
    height, width, _, _ = simplejpeg.decode_jpeg_header(world.console.store.get(key))
    x1, y1, x2, y2 = FACES[1].box
    assert height == width == round(1.4 * max(x2 - x1, y2 - y1))


def test_the_last_word_stands_and_an_earlier_crop_stays(world: World, operator: Client) -> None:
    shot = world.snapshot(world.camera())
    address = f"/api/v1/snapshots/{shot.id}/faces/0/feedback"
    operator.post(address, json=wrong("mask_correct"))
    world.console.store.delete([shot.image_key or ""])
    said = operator.post(address, json=wrong("no_face")).json()
    assert (said["meant"], said["has_crop"]) == ("no_face", True)
    with world.console.repository.begin() as unit:
        [kept] = unit.feedback.list()
    assert (kept.meant, [kept.crop_key]) == (None, crops(world))


@pytest.mark.parametrize("reason", ["not wanted", "blurred", "picture gone"])
def test_where_no_face_may_be_kept_only_the_word_is(
    world: World, operator: Client, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    shot = world.snapshot(world.camera(blur_faces=reason == "blurred"))
    if reason == "not wanted":
        monkeypatch.setitem(world.console.__dict__, "keeps_crops", False)
    if reason == "picture gone":
        world.console.store.delete([shot.image_key or ""])
    said = operator.post(f"/api/v1/snapshots/{shot.id}/faces/0/feedback", json=RIGHT).json()
    assert (said["meant"], said["has_crop"]) == ("no_mask", False)
    assert crops(world) == []


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"verdict": "wrong"}, "what is it then"),
        (wrong("no_mask"), "then it was right"),
        ({"verdict": "right", "label": "mask_correct"}, "the model said no_mask"),
        (wrong("beard"), "label"),
        ({"verdict": "maybe"}, "verdict"),
    ],
)
def test_what_contradicts_itself_is_refused(
    world: World, operator: Client, form: dict[str, Any], sentence: str
) -> None:
    shot = world.snapshot(world.camera())
    answer = operator.post(f"/api/v1/snapshots/{shot.id}/faces/0/feedback", json=form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_face_that_is_not_there_cannot_be_judged(world: World, operator: Client, viewer: Client) -> None:
    shot = world.snapshot(world.camera())
    assert operator.post(f"/api/v1/snapshots/{shot.id}/faces/2/feedback", json=RIGHT).status_code == 404
    assert operator.post("/api/v1/snapshots/never/faces/0/feedback", json=RIGHT).status_code == 404
    assert viewer.post(f"/api/v1/snapshots/{shot.id}/faces/0/feedback", json=RIGHT).status_code == 403


def test_an_alert_that_is_wrong_is_a_false_positive_and_says_so_of_its_faces(world: World, operator: Client) -> None:
    alert = world.alert(world.camera(), world.rule())
    answer = operator.post(f"/api/v1/alerts/{alert.id}/feedback", json=wrong("mask_correct")).json()
    assert answer["is_false_positive"] is True
    [said] = answer["examples"]
    assert (said["face"], said["said"], said["meant"], said["alert_id"]) == (0, "no_mask", "mask_correct", alert.id)
    back = operator.post(f"/api/v1/alerts/{alert.id}/feedback", json=RIGHT).json()
    assert (back["is_false_positive"], back["examples"][0]["meant"]) == (False, "no_mask")


def test_an_alert_may_be_wrong_without_anybody_knowing_what_it_is(world: World, operator: Client) -> None:
    alert = world.alert(world.camera(), world.rule())
    answer = operator.post(f"/api/v1/alerts/{alert.id}/feedback", json={"verdict": "wrong"}).json()
    assert answer == {"is_false_positive": True, "examples": []}


def test_an_alert_whose_rule_is_gone_can_still_be_called_wrong(world: World, operator: Client) -> None:
    alert = world.alert(world.camera(), rule := world.rule())
    with world.console.repository.begin() as unit:
        unit.rules.remove(rule.id)
    answer = operator.post(f"/api/v1/alerts/{alert.id}/feedback", json=wrong("no_face")).json()
    assert answer == {"is_false_positive": True, "examples": []}


def test_a_large_face_is_kept_as_small_as_the_classifier_needs_it(world: World, operator: Client) -> None:
    large = replace(FACES[0], box=(-20.0, 10.0, 300.0, 350.0))
    shot = world.snapshot(world.camera(), faces=(large,))
    operator.post(f"/api/v1/snapshots/{shot.id}/faces/0/feedback", json=RIGHT)
    [key] = crops(world)
    assert simplejpeg.decode_jpeg_header(world.console.store.get(key))[:2] == (192, 192)
