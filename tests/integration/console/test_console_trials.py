"""Trying the models and asking the gate, by REST; the models answer what the test wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import Client, Response
from scripted_models import ScriptedPipeline, crowd
from world import World, picture

from common.domain.prediction import PictureResult
from common.settings import Settings
from console.modelling import Models
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector
from model_api.local import LocalDetector

SETTINGS = Settings(max_image_bytes=500_000)


@pytest.fixture
def pipeline() -> ScriptedPipeline:
    """Answers a crowd with one face of each label, at once."""
    made = ScriptedPipeline(crowd())
    made.go.set()
    return made


@pytest.fixture
def world(world: World, pipeline: ScriptedPipeline) -> Iterator[World]:
    """A console that looks with the scripted models."""
    detector = LocalDetector(pipeline=pipeline)
    looks = Looks(SETTINGS, open_detector, detector=detector)
    models = Models(looking=looks, shelf=Shelf(SETTINGS), records=TrainingFolder(SETTINGS))
    world.console = replace(world.console, models=models)
    yield world
    detector.close()


def try_one(client: Client, content: bytes = b"", **options: Any) -> Response:
    return client.post("/api/v1/try", content=content or picture(), headers={"Content-Type": "image/jpeg"}, **options)


def code_of(response: Response, status: int) -> str:
    assert response.status_code == status, response.text
    return str(response.json()["code"])


def test_pictures_are_answered_in_their_order(viewer: Client, pipeline: ScriptedPipeline) -> None:
    form = [("images", ("a.jpg", picture())), ("images", ("b.jpg", picture()))]
    response = viewer.post("/api/v1/try", files=form, params={"variant": "lite", "min_score": 0.3, "fit": False})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    first, second = response.json()["results"]
    assert [face["label"] for face in first["faces"]] == ["no_mask", "mask_incorrect", "mask_correct", "uncertain"]
    assert first["faces"][1]["uncovered"] == ["NOSE"]
    assert second["model"]["detector"] == "yoloface-server@1"
    options = pipeline.requests[0].options
    assert (options.variant, options.min_score, options.fit) == ("lite", 0.3, False)


def test_the_gate_judges_who_is_nearest_and_says_what_is_uncovered(viewer: Client, pipeline: ScriptedPipeline) -> None:
    pipeline.result = replace(crowd(), faces=crowd().faces[1:2])
    said = viewer.post("/api/v1/gate", content=picture(), headers={"Content-Type": "image/jpeg"}).json()
    assert (said["decision"], said["face"]["uncovered"]) == ("deny", ["NOSE"])
    pipeline.result = PictureResult(width=640, height=360)
    said = viewer.post("/api/v1/gate", files={"images": picture()}).json()
    assert (said["decision"], said["face"], said["reason"]) == ("retry", None, "no face is seen")


def test_what_is_no_picture_is_refused_with_the_reason(viewer: Client, pipeline: ScriptedPipeline) -> None:
    pipeline.result = PictureResult(error="this is no JPEG, PNG or WebP picture")
    assert code_of(try_one(viewer, b"GIF89a"), 422) == "unreadable_image"
    assert code_of(try_one(viewer, b"x" * 500_001), 413) == "image_too_large"
    nine = [("images", (f"{number}.jpg", picture())) for number in range(9)]
    assert code_of(viewer.post("/api/v1/try", files=nine), 422) == "invalid_input"
    assert code_of(viewer.post("/api/v1/try", files={"other": picture()}), 422) == "invalid_input"
    assert code_of(viewer.post("/api/v1/try", json={"images": []}), 415) == "unsupported_media_type"
    two = viewer.post("/api/v1/gate", files=[("images", picture()), ("images", picture())])
    assert code_of(two, 422) == "invalid_input"


def test_a_stranger_tries_nothing_and_a_cookie_alone_neither(stranger: Client, viewer: Client) -> None:
    assert code_of(try_one(stranger), 401) == "not_logged_in"
    del viewer.headers["X-CSRF-Token"]
    assert code_of(try_one(viewer), 403) == "csrf"


def test_what_may_be_tried_is_told(viewer: Client) -> None:
    about = viewer.get("/api/v1/try").json()
    assert (about["variant"], about["limits"]["picture_bytes"], about["limits"]["pictures"]) == ("server", 500_000, 8)


def test_a_gate_that_runs_for_hours_is_one_entry_of_the_audit_log(world: World, viewer: Client) -> None:
    for _ in range(3):
        assert viewer.post("/api/v1/gate", files={"images": picture()}).status_code == 200
    with world.console.repository.begin() as unit:
        (entry,) = [one for one in unit.audit.list(limit=10) if one.action == "ask_gate"]
    assert (entry.by, entry.target, entry.status) == ("viewer", "gate", 200)
