"""UCloud's mask detection over real HTTP: its answer, its form, its errors."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripted_models import ScriptedPipeline, crowd, serving_overloaded, serving_scripted
from tiny_models import RED, picture

from common.domain.prediction import PictureResult
from model_api.draw import to_jpeg

PATH = "/compat/ucloud/detect-mask"
GOLDEN = Path(__file__).parents[1] / "golden" / "ucloud_detect_mask.json"
JPEG = to_jpeg(picture({(1, 1): RED}))


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ScriptedPipeline, str]]:
    with serving_scripted(crowd()) as (pipeline, url):
        yield pipeline, url + PATH


def _stamped(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the one value that no file can hold."""
    assert abs(answer["Timestamp"] - time.time()) < 300
    return {**answer, "Timestamp": "seconds since 1970"}


def test_the_answer_is_the_published_one(served: tuple[ScriptedPipeline, str]) -> None:
    response = httpx.post(served[1], files={"Image": ("a.jpg", JPEG)}, data={"Method": "file"})
    assert response.status_code == 200
    assert _stamped(response.json()) == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"files": {"images": ("a.jpg", JPEG)}}, id="our own field"),
        pytest.param({"content": JPEG, "headers": {"content-type": "image/jpeg"}}, id="the body alone"),
        pytest.param(
            {
                "files": {"Image": ("a.jpg", JPEG)},
                "data": {"Method": "file"},
                "headers": {"Signature": "x", "PublicKey": "y", "ResourceId": "z", "Timestamp": "1"},
            },
            id="with a signature, which nobody checks",
        ),
    ],
)
def test_pictures_come_in_these_ways(served: tuple[ScriptedPipeline, str], request_: dict[str, Any]) -> None:
    response = httpx.post(served[1], **request_)
    assert len(response.json()["Results"]) == 4
    assert served[0].requests[-1].data == JPEG


def test_nobody_there_is_an_empty_list() -> None:
    with serving_scripted(PictureResult(width=1, height=1)) as (_, url):
        answer = httpx.post(url + PATH, files={"Image": ("a.jpg", JPEG)}).json()
    assert (answer["Code"], answer["Results"]) == (0, [])


@pytest.mark.parametrize(
    ("request_", "status", "sentence"),
    [
        pytest.param({"files": {"Image": ("a", b"garbage")}}, 400, "no JPEG", id="no picture"),
        pytest.param({"files": {"Image": ("a", b"")}}, 400, "empty", id="an empty file"),
        pytest.param({"files": {"Image": ("a", bytes(50_001))}}, 413, "more than", id="too large"),
        pytest.param({"data": {"Method": "url", "Url": "http://127.0.0.1/a.jpg"}}, 415, "not fetched", id="a URL"),
        pytest.param(
            {"files": {"Method": (None, "url"), "Url": (None, "http://127.0.0.1/a.jpg")}},
            422,
            "not fetched",
            id="a URL in a multipart form",
        ),
        pytest.param({"files": [("Image", ("a", JPEG)), ("Image", ("b", JPEG))]}, 422, "got 2", id="two pictures"),
        pytest.param({"content": b"<a/>", "headers": {"content-type": "text/xml"}}, 415, "text/xml", id="another type"),
    ],
)
def test_what_is_wrong_comes_in_their_shape(
    served: tuple[ScriptedPipeline, str], request_: dict[str, Any], status: int, sentence: str
) -> None:
    response = httpx.post(served[1], **request_)
    assert response.status_code == status
    answer = _stamped(response.json())
    assert sentence in answer.pop("Message")
    assert answer == {"Timestamp": "seconds since 1970", "Code": status, "RetCode": status, "Results": []}


def test_overload_is_told_at_once() -> None:
    with serving_overloaded() as url:
        response = httpx.post(url + PATH, files={"Image": ("a.jpg", JPEG)})
    assert (response.status_code, response.json()["Code"]) == (503, 503)
    assert int(response.headers["retry-after"]) >= 1
