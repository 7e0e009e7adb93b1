"""What is promised of POST /v1/predict and of its errors, where no other test holds it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import cv2
import httpx
import pytest
from scripted_models import ScriptedPipeline, crowd, serving_scripted
from tiny_models import RED, picture

from model_api.draw import to_jpeg

JPEG = to_jpeg(picture({(1, 1): RED}))
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ScriptedPipeline, str]]:
    with serving_scripted(crowd()) as (pipeline, url):
        yield pipeline, f"{url}/v1/predict"


@pytest.fixture
def url(served: tuple[ScriptedPipeline, str]) -> str:
    return served[1]


def _refused(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert list(body) == ["type", "title", "status", "detail", "code"]
    assert body["status"] == response.status_code
    return body


def test_sixty_four_pictures_are_taken_in_order(served: tuple[ScriptedPipeline, str]) -> None:
    pipeline, url = served
    pipeline.requests.clear()
    pictures = [to_jpeg(picture({}, width=8 + number, height=8)) for number in range(64)]
    response = httpx.post(url, files=[("images", (f"{number}", data)) for number, data in enumerate(pictures)])
    assert len(response.json()["results"]) == 64
    assert [request.data for request in pipeline.requests] == pictures


def test_what_nobody_knows_in_the_query_is_ignored(url: str) -> None:
    assert httpx.post(url, params={"tiles": "auto", "surprise": "1"}, content=JPEG).status_code == 200


def test_reading_is_no_way_to_send(url: str) -> None:
    response = httpx.get(url)
    assert _refused(response)["status"] == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"[" * 100_000, id="brackets thousands deep"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b'{"images": "AAAA"}', id="a text in place of a list"),
        pytest.param(b'{"images": {"AAAA": 1}}', id="an object in place of a list"),
        pytest.param(b'{"images": [null]}', id="nothing in the list"),
        pytest.param(b'"images"', id="a text"),
    ],
)
def test_a_json_that_is_wrong_is_422(url: str, text: bytes) -> None:
    assert _refused(httpx.post(url, content=text, headers=JSON))["status"] == 422


def test_pixels_over_the_limit_are_refused_from_the_header_alone(served: tuple[ScriptedPipeline, str]) -> None:
    pipeline, url = served
    pipeline.requests.clear()
    _, encoded = cv2.imencode(".png", picture({}, width=1_100, height=1_000))
    response = httpx.post(url, content=encoded.tobytes())
    assert (response.status_code, _refused(response)["code"]) == (413, "image_too_large")
    assert pipeline.requests == []


def test_a_body_over_the_limit_is_refused_in_every_form(url: str) -> None:
    large = json.dumps({"images": [base64.b64encode(bytes(50_000)).decode()] * 9}).encode()
    assert _refused(httpx.post(url, content=large, headers=JSON))["status"] == 413
    assert _refused(httpx.post(url, files=[("images", ("a", bytes(50_000)))] * 9))["status"] == 413
    assert _refused(httpx.post(url, content=bytes(50_001)))["status"] == 413
