"""The model API over real HTTP: bodies, limits, problems, overload."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from model_server import serving
from tiny_models import BLUE, GREEN, RED, picture, write_repository

from common.adapters.detectors.http import HttpDetector
from common.answers import from_answer
from common.domain.prediction import PictureResult
from common.errors import InvalidInput, Overloaded, Unavailable
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.local import LocalDetector, open_local_detector
from model_api.pipeline import Request
from model_api.server import listen, serve_on

MAX_BYTES = 50_000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = write_repository(tmp_path_factory.mktemp("api") / "models")
    settings = Settings(models=root, max_image_bytes=MAX_BYTES, max_image_pixels=1_000_000)
    detector = open_local_detector(settings)
    with serving(detector, settings) as address:
        yield address
    detector.close()


def _jpeg(colour: tuple[int, int, int] = RED) -> bytes:
    return to_jpeg(picture({(1, 1): colour}), quality=95)


def _parts(*pictures: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("images", (f"{number}.jpg", data)) for number, data in enumerate(pictures)]


def _labels(response: httpx.Response) -> list[list[str]]:
    assert response.status_code == 200, response.text
    return [[face["label"] for face in result["faces"]] for result in response.json()["results"]]


def _problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    return body


def test_pictures_come_as_multipart(url: str) -> None:
    response = httpx.post(f"{url}/v1/predict", files=_parts(_jpeg(), _jpeg(GREEN), _jpeg(BLUE)))
    assert _labels(response) == [["no_mask"], ["mask_incorrect"], ["mask_correct"]]


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/octet-stream", None])
def test_one_picture_may_be_the_body(url: str, media_type: str | None) -> None:
    headers = {"content-type": media_type} if media_type else {}
    assert _labels(httpx.post(f"{url}/v1/predict", content=_jpeg(), headers=headers)) == [["no_mask"]]


def test_pictures_come_as_base64_in_json(url: str) -> None:
    plain = base64.b64encode(_jpeg()).decode()
    data_url = f"data:image/jpeg;base64,{base64.b64encode(_jpeg(BLUE)).decode()}"
    response = httpx.post(f"{url}/v1/predict", json={"images": [plain, data_url]})
    assert _labels(response) == [["no_mask"], ["mask_correct"]]


def test_an_answer_has_the_shape_of_the_contract(url: str) -> None:
    (result,) = httpx.post(f"{url}/v1/predict", files=_parts(_jpeg())).json()["results"]
    assert list(result) == ["source", "frame", "width", "height", "model", "faces", "timings_ms", "error"]
    (face,) = result["faces"]
    assert list(face) == ["box", "score", "landmarks", "label", "probabilities", "uncovered"]
    assert from_answer(result).faces[0].uncovered == ("NOSE", "MOUTH", "CHIN")


def test_the_query_chooses_variant_score_and_fit(url: str) -> None:
    query = {"variant": "lite", "min_score": "0.2", "fit": "false"}
    (result,) = httpx.post(f"{url}/v1/predict", params=query, content=_jpeg()).json()["results"]
    assert result["model"]["detector"] == "yoloface-lite@1"
    assert result["faces"][0]["uncovered"] == []


def test_one_bad_picture_of_several_is_that_result_s_error(url: str) -> None:
    response = httpx.post(f"{url}/v1/predict", files=_parts(_jpeg(), b"garbage", _jpeg()))
    assert _labels(response) == [["no_mask"], [], ["no_mask"]]
    assert response.json()["results"][1]["error"] == "this is no JPEG, PNG or WebP picture"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param(b"garbage", 400, "unreadable_image", id="no picture"),
        pytest.param(_jpeg()[:-100], 400, "unreadable_image", id="truncated"),
        pytest.param(b"", 400, "unreadable_image", id="empty"),
        pytest.param(bytes(MAX_BYTES + 1), 413, "image_too_large", id="too many bytes"),
    ],
)
def test_a_bad_picture_alone_is_the_request_s_error(url: str, content: bytes, status: int, code: str) -> None:
    for request in ({"content": content}, {"files": _parts(content)}):
        response = httpx.post(f"{url}/v1/predict", **request)  # type: ignore[arg-type]
        assert (response.status_code, _problem(response)["code"]) == (status, code)


def test_a_body_without_a_length_is_cut_off_at_the_limit(url: str) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 10_000
            yield bytes(10_000)

    try:
        response = httpx.post(f"{url}/v1/predict", content=endless())
        assert response.status_code == 413
    except httpx.TransportError:
        pass  # the server may close before all is sent: that is the point
    assert sent < 100_000_000


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param({"content": b"<a/>", "headers": {"content-type": "text/xml"}}, 415, id="another media type"),
        pytest.param({"json": {"pictures": []}}, 422, id="another JSON"),
        pytest.param({"json": {"images": []}}, 422, id="no pictures"),
        pytest.param({"json": {"images": ["%%%"]}}, 422, id="no base64"),
        pytest.param({"files": _parts(*[b"x"] * 65)}, 422, id="65 pictures"),
        pytest.param({"files": [("file", ("a.jpg", b"x"))]}, 422, id="another field"),
        pytest.param({"content": b"x", "params": {"variant": "huge"}}, 422, id="unknown variant"),
        pytest.param({"content": b"x", "params": {"min_score": "2"}}, 422, id="score out of range"),
    ],
)
def test_what_is_asked_wrongly_is_a_problem_with_a_sentence(url: str, request_: dict[str, Any], status: int) -> None:
    response = httpx.post(f"{url}/v1/predict", **request_)
    assert response.status_code == status
    assert _problem(response)["detail"]


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/v1/nothing", 404, "there is nothing at /v1/nothing; /docs lists every address"),
        ("/v1/predict", 405, "/v1/predict takes POST, not GET; /docs lists every address"),
    ],
)
def test_wrong_paths_and_methods_are_told_where_to_look(url: str, path: str, status: int, sentence: str) -> None:
    problem = _problem(httpx.get(url + path))
    assert (problem["status"], problem["detail"]) == (status, sentence)


def test_a_form_with_another_field_is_told_its_name(url: str) -> None:
    response = httpx.post(f"{url}/v1/predict", files={"image": ("a.jpg", _jpeg())})
    assert "'images'" in _problem(response)["detail"]


@pytest.mark.parametrize(
    ("colour", "decision"), [(RED, "deny"), (GREEN, "deny"), (BLUE, "allow"), ((250, 250, 5), "retry")]
)
def test_the_gate_decides_on_one_face(url: str, colour: tuple[int, int, int], decision: str) -> None:
    answer = httpx.post(f"{url}/v1/gate", content=_jpeg(colour)).json()
    assert answer["decision"] == decision
    assert answer["reason"]
    assert len(answer["face"]["box"]) == 4


def test_the_gate_asks_again_when_nobody_is_there(url: str) -> None:
    empty = to_jpeg(picture({}))
    expected = {"decision": "retry", "reason": "no face is seen", "face": None}
    assert httpx.post(f"{url}/v1/gate", content=empty).json() == expected
    assert httpx.post(f"{url}/v1/gate", files=_parts(empty, empty)).status_code == 422
    assert httpx.post(f"{url}/v1/gate", content=b"garbage").status_code == 400


def test_it_tells_how_it_is(url: str) -> None:
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{url}/readyz").json() == {"status": "ok", "checks": {"models": "ok"}}
    assert "maskwatch_batch_size_bucket" in httpx.get(f"{url}/metrics").text
    assert httpx.get(f"{url}/docs").status_code == 200
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    assert "multipart/form-data" in paths["/v1/predict"]["post"]["requestBody"]["content"]


class HeldPipeline:
    """Answers nothing before it is let go; remembers how large its batches were."""

    variants = ("server",)

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.begun = threading.Event()
        self.go = threading.Event()
        self.error: Exception | None = None

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.batches.append(len(requests))
        self.begun.set()
        self.go.wait()
        if self.error:
            raise self.error
        return [PictureResult(width=1, height=1) for _ in requests]

    def close(self) -> None:
        """It holds nothing."""


@pytest.fixture
def held() -> Iterator[tuple[HeldPipeline, LocalDetector, str]]:
    pipeline = HeldPipeline()
    detector = LocalDetector(pipeline=pipeline, queue_limit=4)
    with serving(detector, Settings()) as address:
        yield pipeline, detector, address
        pipeline.go.set()
    detector.close()


def test_requests_that_come_together_share_a_batch(held: tuple[HeldPipeline, LocalDetector, str]) -> None:
    pipeline, detector, url = held
    with ThreadPoolExecutor(max_workers=5) as pool:
        first = pool.submit(httpx.post, f"{url}/v1/predict", content=_jpeg())
        pipeline.begun.wait()
        others = [pool.submit(httpx.post, f"{url}/v1/predict", content=_jpeg()) for _ in range(4)]
        _wait_until_full(detector)
        pipeline.go.set()
        assert [future.result().status_code for future in (first, *others)] == [200] * 5
    assert pipeline.batches == [1, 4]


def test_overload_is_answered_at_once_with_when_to_come_back(held: tuple[HeldPipeline, LocalDetector, str]) -> None:
    pipeline, detector, url = held
    waiting = _fill(pipeline, detector)
    response = httpx.post(f"{url}/v1/predict", content=_jpeg())
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert _problem(response)["code"] == "overloaded"
    client = HttpDetector(url)
    with pytest.raises(Overloaded) as raised:
        client.predict([_jpeg()])
    client.close()
    assert raised.value.retry_after_seconds >= 1
    pipeline.go.set()
    assert all(answer.result().error is None for answer in waiting)


def test_a_failure_of_the_models_is_unavailable_not_lost(held: tuple[HeldPipeline, LocalDetector, str]) -> None:
    pipeline, _detector, url = held
    pipeline.error = RuntimeError("out of memory")
    pipeline.go.set()
    response = httpx.post(f"{url}/v1/predict", content=_jpeg())
    assert response.status_code == 503
    assert _problem(response)["detail"] == "the models failed; the log says why"  # no stranger reads our exceptions
    pipeline.error = None
    assert httpx.post(f"{url}/v1/predict", content=_jpeg()).status_code == 200


def test_what_its_caller_gave_up_is_not_computed(held: tuple[HeldPipeline, LocalDetector, str]) -> None:
    pipeline, detector, _url = held
    given_up, *kept = _fill(pipeline, detector)
    assert given_up.cancel()
    pipeline.go.set()
    assert all(answer.result().error is None for answer in kept)
    assert pipeline.batches == [1, 3]


def test_closing_answers_those_who_wait(held: tuple[HeldPipeline, LocalDetector, str]) -> None:
    pipeline, detector, url = held
    waiting = _fill(pipeline, detector)
    threading.Timer(0.1, pipeline.go.set).start()
    detector.close()
    assert all(answer.result().error is None for answer in waiting)
    with pytest.raises(Unavailable):
        detector.predict([_jpeg()])
    assert httpx.get(f"{url}/readyz").status_code == 503


def _fill(pipeline: HeldPipeline, detector: LocalDetector) -> list[Future[PictureResult]]:
    """One picture in work and four that wait: the limit."""
    detector.submit([_jpeg()])
    pipeline.begun.wait()
    return detector.submit([_jpeg()] * 4)


def _wait_until_full(detector: LocalDetector) -> None:
    while True:
        try:
            detector.admit(DetectOptions())
        except Overloaded:
            return
        threading.Event().wait(0.01)


def test_a_port_in_use_is_an_error_at_the_start() -> None:
    with (
        listen("127.0.0.1", 0) as taken,
        pytest.raises(InvalidInput, match="cannot listen on"),
    ):
        listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_ends_by_itself_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="ended by itself"):
        serve_on("no_such_module:app", listen("127.0.0.1", 0), stop=threading.Event())  # type: ignore[arg-type]


def test_nobody_at_the_address_is_unavailable() -> None:
    with listen("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
    client = HttpDetector(f"http://127.0.0.1:{port}/")
    with pytest.raises(Unavailable, match="does not answer"):
        client.predict([_jpeg()])
    with pytest.raises(Unavailable, match="does not answer"):
        client.check()
    client.close()


def test_settings_choose_the_models(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="MASKWATCH_ENGINE='onnx' does not run on MASKWATCH_DEVICE='cuda'"):
        open_local_detector(Settings(models=write_repository(tmp_path / "m"), engine="onnx", device="cuda"))


def test_the_description_of_the_api_comes_from_this_server_alone(url: str) -> None:
    page = httpx.get(f"{url}/docs").text
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert assets
    for asset in assets:
        assert asset.startswith("/")
        assert httpx.get(url + asset).status_code == 200
