"""A caller who closes the connection takes its waiting pictures along."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from model_server import serving
from structlog.testing import capture_logs
from tiny_models import RED, picture

from common.domain.prediction import PictureResult
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.local import Answer, LocalDetector
from model_api.pipeline import Request

FIRST, GIVEN_UP, LAST = (to_jpeg(picture({(column, 1): RED})) for column in (1, 2, 3))


class SlowPipeline:
    """Answers nothing before it is let go; remembers the pictures that it ran."""

    variants = ("server",)

    def __init__(self) -> None:
        self.ran: list[bytes] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.ran.extend(request.data for request in requests)
        self.begun.set()
        self.go.wait()
        return [PictureResult(width=1, height=1) for _ in requests]

    def close(self) -> None:
        """It holds nothing."""


class WatchedDetector(LocalDetector):
    """Remembers its answers, so that a test can see what became of each."""

    def __init__(self, *, pipeline: SlowPipeline) -> None:
        super().__init__(pipeline=pipeline)
        self.answers: list[Answer] = []
        self.submitted = threading.Semaphore(0)

    def submit(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[Answer]:
        answers = super().submit(pictures, options=options)
        self.answers.extend(answers)
        self.submitted.release()
        return answers


Server = tuple[SlowPipeline, WatchedDetector, str]


@pytest.fixture
def server() -> Iterator[Server]:
    pipeline = SlowPipeline()
    detector = WatchedDetector(pipeline=pipeline)
    with serving(detector, Settings()) as address:
        yield pipeline, detector, address
        pipeline.go.set()
    detector.close()


def _post(url: str, path: str, data: bytes, *, sent: int | None = None) -> socket.socket:
    """Send a request on a connection of its own, the first `sent` bytes of its body, and do not wait for the answer."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    head = f"POST {path} HTTP/1.1\r\nHost: api\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
    connection.sendall(head.encode() + data[:sent])
    return connection


def _wait_until_cancelled(answer: Answer) -> None:
    """Return at once when it is; the server needs a moment to see that a connection is closed."""
    ended = threading.Event()
    answer.add_done_callback(lambda _answer: ended.set())
    assert ended.wait(30), "the server still waits for a caller who left"
    assert answer.cancelled()


def _first_end(records: Sequence[MutableMapping[str, Any]]) -> str:
    """How the log says that a request without an answer ended."""
    for _ in range(3000):
        for record in records:
            if record["event"] in ("client.gone", "request.failed"):
                return str(record["event"])
        threading.Event().wait(0.01)
    return "it never ended"


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/gate"])
def test_what_waits_for_a_caller_who_left_is_never_run(server: Server, path: str) -> None:
    pipeline, detector, url = server
    with _post(url, path, FIRST) as first:
        assert pipeline.begun.wait(30)
        with _post(url, path, GIVEN_UP):
            assert detector.submitted.acquire(timeout=30)  # the first
            assert detector.submitted.acquire(timeout=30)
        _wait_until_cancelled(detector.answers[1])
        (last,) = detector.submit([LAST])
        pipeline.go.set()
        assert last.result().error is None
        assert first.recv(12) == b"HTTP/1.1 200"
    assert pipeline.ran == [FIRST, LAST]


def test_a_batch_that_nobody_waits_for_does_not_reach_the_models(server: Server) -> None:
    pipeline, detector, url = server
    detector.submit([FIRST])
    assert pipeline.begun.wait(30)
    with _post(url, "/v1/predict", GIVEN_UP):
        for _ in range(2):
            assert detector.submitted.acquire(timeout=30)
    _wait_until_cancelled(detector.answers[1])
    pipeline.go.set()
    detector.close()  # works off what waits
    assert pipeline.ran == [FIRST]


def test_what_has_begun_is_finished_and_the_next_caller_served(server: Server) -> None:
    pipeline, detector, url = server
    with _post(url, "/v1/predict", FIRST):
        assert pipeline.begun.wait(30)
    pipeline.go.set()
    assert detector.answers[0].result(timeout=30).error is None
    with _post(url, "/v1/predict", LAST) as last:
        assert last.recv(12) == b"HTTP/1.1 200"


def test_a_caller_who_leaves_while_it_sends_is_no_fault_of_the_server(server: Server) -> None:
    pipeline, detector, url = server
    pipeline.go.set()
    with capture_logs() as records, _post(url, "/v1/predict", GIVEN_UP, sent=100) as connection:
        connection.close()
        assert _first_end(records) == "client.gone"
    with _post(url, "/v1/predict", LAST) as last:
        assert last.recv(12) == b"HTTP/1.1 200"
    assert pipeline.ran == [LAST]
    assert len(detector.answers) == 1
