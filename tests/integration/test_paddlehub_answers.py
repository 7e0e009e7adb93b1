"""PaddleHub Serving's mask detectors over real HTTP: their answer, their arguments, their errors."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripted_models import ScriptedPipeline, crowd, serving_overloaded, serving_scripted
from tiny_models import RED, picture

from common.domain.prediction import PictureResult
from model_api.draw import to_jpeg

SERVER, MOBILE = "/predict/pyramidbox_lite_server_mask", "/predict/pyramidbox_lite_mobile_mask"
GOLDEN = Path(__file__).parents[1] / "golden" / "paddlehub_mask.json"
JPEG = to_jpeg(picture({(1, 1): RED}))
IMAGE = base64.b64encode(JPEG).decode()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ScriptedPipeline, str]]:
    with serving_scripted(crowd()) as (pipeline, url):
        yield pipeline, url


@pytest.mark.parametrize(("path", "variant"), [(SERVER, "server"), (MOBILE, "lite")])
def test_the_answer_is_the_published_one(served: tuple[ScriptedPipeline, str], path: str, variant: str) -> None:
    pipeline, url = served
    response = httpx.post(url + path, json={"images": [IMAGE]})
    assert response.status_code == 200
    timeless = re.sub(r"ndarray_time=\d{16}\.0", "ndarray_time=microseconds since 1970", response.text)
    assert json.loads(timeless) == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert pipeline.requests[-1].data == JPEG
    assert pipeline.requests[-1].options.variant == variant


def test_their_other_arguments_do_no_harm_and_the_threshold_counts(served: tuple[ScriptedPipeline, str]) -> None:
    pipeline, url = served
    arguments = {"use_gpu": False, "visualization": False, "shrink": 0.5, "batch_size": 1, "confs_threshold": 0.8}
    assert httpx.post(url + SERVER, json={"images": [IMAGE], **arguments}).json()["status"] == "000"
    assert pipeline.requests[-1].options.min_score == 0.8


def test_pictures_are_told_apart_by_their_paths(served: tuple[ScriptedPipeline, str]) -> None:
    results = httpx.post(served[1] + SERVER, json={"images": [IMAGE] * 3}).json()["results"]
    assert len({result["path"] for result in results}) == 3


@pytest.mark.parametrize(
    ("request_", "status", "code", "sentence"),
    [
        pytest.param({"json": {"images": ["AAAA"]}}, 400, "101", "no JPEG", id="no picture"),
        pytest.param({"json": {"images": ["%%%"]}}, 422, "101", "no base64", id="no base64"),
        pytest.param({"json": {"images": [7]}}, 422, "101", "no base64", id="a number"),
        pytest.param({"json": {"images": []}}, 422, "101", "no picture came", id="none"),
        pytest.param({"json": {"images": [IMAGE] * 65}}, 422, "101", "65 pictures", id="too many"),
        pytest.param({"json": [IMAGE]}, 422, "101", "expected", id="a list"),
        pytest.param({"json": {"data": [IMAGE]}}, 422, "101", "expected", id="another field"),
        pytest.param({"json": {"images": [IMAGE], "confs_threshold": 7}}, 422, "101", "0..1", id="no share"),
        pytest.param(
            {"json": {"images": [IMAGE], "confs_threshold": 10**400}}, 422, "101", "0..1", id="beyond any float"
        ),
        pytest.param({"json": {"images": [IMAGE], "confs_threshold": "x"}}, 422, "101", "no number", id="no number"),
        pytest.param({"data": {"images": IMAGE}}, 415, "112", "application/json", id="a form, as version 1 took"),
        pytest.param({"content": b""}, 415, "112", "application/json", id="nothing"),
        pytest.param(
            {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 422, "101", "JSON", id="deep"
        ),
        pytest.param(
            {"content": bytes(600_000), "headers": {"content-type": "application/json"}}, 413, "101", "more", id="huge"
        ),
    ],
)
def test_what_is_wrong_comes_in_their_shape(
    served: tuple[ScriptedPipeline, str], request_: dict[str, Any], status: int, code: str, sentence: str
) -> None:
    response = httpx.post(served[1] + SERVER, **request_)
    assert response.status_code == status
    answer = response.json()
    assert sentence in answer.pop("msg")
    assert answer == {"results": "", "status": code}


def test_one_unreadable_picture_is_named_and_not_taken_for_an_empty_room() -> None:
    broken = PictureResult(error="the JPEG picture is damaged")
    with serving_scripted(broken) as (_, url):
        response = httpx.post(url + SERVER, json={"images": [IMAGE, IMAGE]})
    assert response.status_code == 400
    expected = {"msg": "picture 1 of 2: the JPEG picture is damaged", "results": "", "status": "101"}
    assert response.json() == expected


def test_overload_is_told_at_once() -> None:
    with serving_overloaded() as url:
        response = httpx.post(url + SERVER, json={"images": [IMAGE]})
    assert (response.status_code, response.json()["status"]) == (503, "101")
    assert int(response.headers["retry-after"]) >= 1
