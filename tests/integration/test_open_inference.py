"""The Open Inference Protocol over real HTTP, with small models whose right answer is known."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from model_server import serving
from scripted_models import crowd, serving_overloaded, serving_scripted
from tiny_models import BLUE, GREEN, RED, picture, write_repository

from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.local import LocalDetector, open_local_detector

INFER = "/v2/models/maskwatch/infer"
GOLDEN = Path(__file__).parents[1] / "golden" / "open_inference_infer.json"
HEADER_LENGTH = "Inference-Header-Content-Length"
JPEG = to_jpeg(picture({(1, 1): RED}), quality=95)
BINARY = "application/octet-stream"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalDetector, str]]:
    root = write_repository(tmp_path_factory.mktemp("oip") / "models")
    settings = Settings(models=root, max_image_bytes=400_000, max_image_pixels=60_000)
    detector = open_local_detector(settings)
    with serving(detector, settings) as address:
        yield detector, address
    detector.close()


@pytest.fixture(scope="module")
def url(models: tuple[LocalDetector, str]) -> str:
    return models[1]


def _text(*pictures: bytes) -> dict[str, Any]:
    data = [base64.b64encode(each).decode() for each in pictures]
    return {"name": "images", "shape": [len(data)], "datatype": "BYTES", "data": data}


def _outputs(response: httpx.Response) -> dict[str, list[Any]]:
    assert response.status_code == 200, response.text
    return {output["name"]: output["data"] for output in response.json()["outputs"]}


def _with_tail(url: str, described: dict[str, Any], tail: bytes) -> httpx.Response:
    head = json.dumps(described).encode()
    headers = {HEADER_LENGTH: str(len(head)), "content-type": BINARY}
    return httpx.post(url + INFER, content=head + tail, headers=headers)


def _elements(*pictures: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(each)) + each for each in pictures)


def test_the_answer_has_the_published_shape() -> None:
    with serving_scripted(crowd()) as (pipeline, url):
        parameters = {"variant": "lite", "min_score": 0.3, "fit": False}
        response = httpx.post(url + INFER, json={"id": "42", "parameters": parameters, "inputs": [_text(JPEG)]})
    assert response.status_code == 200
    assert response.json() == json.loads(GOLDEN.read_text(encoding="utf-8"))
    options = pipeline.requests[-1].options
    assert (options.variant, options.min_score, options.fit) == ("lite", 0.3, False)


def test_the_server_describes_itself_and_its_model(url: str) -> None:
    server = httpx.get(f"{url}/v2").json()
    assert (server["name"], server["extensions"]) == ("maskwatch", ["binary_tensor_data"])
    assert httpx.get(f"{url}/v2/", follow_redirects=True).json() == server
    model = httpx.get(f"{url}/v2/models/maskwatch").json()
    assert httpx.get(f"{url}/v2/models/maskwatch/versions/1").json() == model
    assert (model["name"], model["versions"]) == ("maskwatch", ["1"])
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for described, answered in zip(model["outputs"], golden["outputs"], strict=True):
        assert (described["name"], described["datatype"]) == (answered["name"], answered["datatype"])
        assert described["shape"][1:] == answered["shape"][1:]


def test_it_is_live_and_ready(url: str) -> None:
    assert httpx.get(f"{url}/v2/health/live").json() == {"live": True}
    assert httpx.get(f"{url}/v2/health/ready").status_code == 200
    for path in ("/v2/models/maskwatch/ready", "/v2/models/maskwatch/versions/1/ready"):
        assert httpx.get(url + path).json() == {"name": "maskwatch", "ready": True}


def test_closed_models_are_live_but_not_ready(tmp_path: Path) -> None:
    settings = Settings(models=write_repository(tmp_path / "models"))
    detector = open_local_detector(settings)
    with serving(detector, settings) as url:
        detector.close()
        assert httpx.get(f"{url}/v2/health/live").status_code == 200
        assert httpx.get(f"{url}/v2/health/ready").status_code == 503
        assert httpx.get(f"{url}/v2/models/maskwatch/ready").json() == {"name": "maskwatch", "ready": False}
        response = httpx.post(url + INFER, json={"inputs": [_text(JPEG)]})
        assert (response.status_code, list(response.json())) == (503, ["error"])


@pytest.mark.parametrize("path", ["/v2/models/other", "/v2/models/maskwatch/versions/7", "/v2/models/other/ready"])
def test_another_model_is_not_there(url: str, path: str) -> None:
    response = httpx.get(url + path)
    assert (response.status_code, list(response.json())) == (404, ["error"])
    assert httpx.post(f"{url}/v2/models/other/infer", json={"inputs": [_text(JPEG)]}).status_code == 404


def test_several_pictures_and_a_bad_one_among_them(url: str) -> None:
    pictures = (to_jpeg(picture({(1, 1): RED, (3, 2): BLUE})), b"garbage", to_jpeg(picture({(0, 0): GREEN})))
    outputs = _outputs(httpx.post(url + INFER, json={"inputs": [_text(*pictures)]}))
    assert outputs["counts"] == [2, 0, 1]
    assert sorted(outputs["labels"][:2]) == ["mask_correct", "no_mask"]
    assert outputs["labels"][2] == "mask_incorrect"
    assert outputs["errors"] == ["", "this is no JPEG, PNG or WebP picture", ""]


def test_pixels_are_looked_at_as_they_are(url: str) -> None:
    pixels = np.stack([picture({(1, 1): RED}), picture({(2, 2): BLUE})])
    tensor = {"name": "pixels", "shape": list(pixels.shape), "datatype": "UINT8"}
    asked = {"inputs": [{**tensor, "data": pixels.tolist()}], "outputs": [{"name": "labels"}, {"name": "boxes"}]}
    expected = {"labels": ["no_mask", "mask_correct"], "boxes": [32, 32, 64, 64, 64, 64, 96, 96]}
    assert _outputs(httpx.post(url + INFER, json=asked)) == expected
    asked["inputs"] = [{**tensor, "parameters": {"binary_data_size": pixels.nbytes}}]
    assert _outputs(_with_tail(url, asked, pixels.tobytes())) == expected


def test_one_picture_of_pixels_may_leave_out_the_count(url: str) -> None:
    pixels = picture({(1, 1): GREEN})
    flat = {"name": "pixels", "shape": list(pixels.shape), "datatype": "UINT8", "data": pixels.ravel().tolist()}
    assert _outputs(httpx.post(url + INFER, json={"inputs": [flat]}))["labels"] == ["mask_incorrect"]


def test_binary_tensors_come_and_go_as_triton_s(url: str) -> None:
    tail = _elements(JPEG, to_jpeg(picture({})))
    tensor = {"name": "images", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": len(tail)}}
    outputs = [{"name": name} for name in ("counts", "boxes", "labels")]
    asked = {"inputs": [tensor], "parameters": {"binary_data_output": True}, "outputs": outputs}
    response = _with_tail(url, asked, tail)
    assert response.headers["content-type"] == BINARY
    end = int(response.headers[HEADER_LENGTH])
    described, rest = json.loads(response.content[:end]), response.content[end:]
    assert [each["parameters"]["binary_data_size"] for each in described["outputs"]] == [16, 16, 4 + len("no_mask")]
    assert [each["shape"] for each in described["outputs"]] == [[2], [1, 4], [1]]
    assert struct.unpack("<2q4f", rest[:32]) == (1, 0, 32.0, 32.0, 64.0, 64.0)
    assert rest[32:] == _elements(b"no_mask")


def test_an_output_may_be_binary_beside_one_that_is_not(url: str) -> None:
    outputs = [{"name": "scores", "parameters": {"binary_data": True}}, {"name": "labels"}]
    response = httpx.post(url + INFER, json={"inputs": [_text(JPEG)], "outputs": outputs})
    end = int(response.headers[HEADER_LENGTH])
    scores, labels = json.loads(response.content[:end])["outputs"]
    assert "data" not in scores
    assert labels["data"] == ["no_mask"]
    assert struct.unpack("<f", response.content[end:])[0] == pytest.approx(0.96, abs=0.01)


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        pytest.param({}, 400, "inputs", id="nothing"),
        pytest.param({"inputs": []}, 400, "inputs", id="no input"),
        pytest.param({"inputs": [_text(JPEG)], "outputs": [{"name": "x"}]}, 400, "no output 'x'", id="other output"),
        pytest.param({"inputs": [_text(JPEG)], "parameters": {"variant": "x"}}, 400, "variant", id="other variant"),
        pytest.param({"inputs": [_text(JPEG)], "parameters": {"variant": 1}}, 400, "variant", id="variant a number"),
        pytest.param({"inputs": [_text(JPEG)], "parameters": {"min_score": "x"}}, 400, "min_score", id="score a text"),
        pytest.param({"inputs": [_text(JPEG)], "parameters": {"min_score": 2}}, 400, "min_score", id="score too high"),
        pytest.param({"inputs": [_text(b"garbage")]}, 400, "no JPEG", id="no picture"),
        pytest.param({"inputs": [_text(*[JPEG] * 65)]}, 400, "65 pictures", id="65 pictures"),
        pytest.param({"id": "\ud800", "inputs": [_text(JPEG)]}, 400, "id", id="half a character"),
        pytest.param(
            {"inputs": [{"name": "pixels", "shape": [1, 300, 300, 3], "datatype": "UINT8", "data": []}]},
            413,
            "300 x 300",
            id="too many pixels",
        ),
    ],
)
def test_errors_are_theirs(url: str, asked: dict[str, Any], status: int, sentence: str) -> None:
    response = httpx.post(url + INFER, content=json.dumps(asked).encode())
    assert response.status_code == status
    answer = response.json()
    assert list(answer) == ["error"]
    assert sentence in answer["error"]


@pytest.mark.parametrize("length", ["x", "-1", "99999999"])
def test_a_wrong_length_of_the_json_is_an_error(url: str, length: str) -> None:
    response = httpx.post(url + INFER, content=b"{}", headers={HEADER_LENGTH: length})
    assert (response.status_code, HEADER_LENGTH in response.json()["error"]) == (400, True)


def test_a_body_over_the_limit_is_refused(url: str) -> None:
    response = httpx.post(url + INFER, content=bytes(1_600_001))
    assert (response.status_code, list(response.json())) == (413, ["error"])


def test_overload_is_told_at_once() -> None:
    with serving_overloaded() as url:
        response = httpx.post(url + INFER, json={"inputs": [_text(JPEG)]})
    assert (response.status_code, list(response.json())) == (503, ["error"])
    assert int(response.headers["retry-after"]) >= 1


def test_the_description_holds_every_protocol_and_points_nowhere_wrong(url: str) -> None:
    described = httpx.get(f"{url}/openapi.json").json()
    for path in (INFER.replace("maskwatch", "{name}"), "/compat/ucloud/detect-mask"):
        assert described["paths"][path]["post"]["requestBody"]["required"] is True
    for kind in ("server", "mobile"):
        assert f"/predict/pyramidbox_lite_{kind}_mask" in described["paths"]
    operations = [each["operationId"] for methods in described["paths"].values() for each in methods.values()]
    assert len(operations) == len(set(operations))
    for pointer in _references(described):
        target = described
        for part in pointer.removeprefix("#/").split("/"):
            target = target[part]
        assert target


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
