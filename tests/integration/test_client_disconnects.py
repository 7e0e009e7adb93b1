"""A caller who closes the connection takes its waiting pictures along."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from slow_models import Slow, slow_server, wait_until_cancelled
from structlog.testing import capture_logs
from tiny_models import RED, picture

from common.errors import Overloaded
from common.ports.detector import DetectOptions
from model_api.draw import to_jpeg

FIRST, GIVEN_UP, LAST = (to_jpeg(picture({(column, 1): RED})) for column in (1, 2, 3))


@pytest.fixture
def slow() -> Iterator[Slow]:
    with slow_server(busy_with=FIRST) as server:
        yield server


def _post(url: str, path: str, data: bytes, *, sent: int | None = None) -> socket.socket:
    """Send a request on a connection of its own, the first `sent` bytes of its body, and do not wait for the answer."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    head = f"POST {path} HTTP/1.1\r\nHost: api\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
    connection.sendall(head.encode() + data[:sent])
    return connection


def _first_end(records: Sequence[MutableMapping[str, Any]]) -> str:
    """How the log says that a request without an answer ended."""
    for _ in range(3000):
        for record in records:
            if record["event"] in ("client.gone", "request.failed"):
                return str(record["event"])
        threading.Event().wait(0.01)
    return "it never ended"


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/gate"])
def test_what_waits_for_a_caller_who_left_is_never_run(slow: Slow, path: str) -> None:
    pipeline, detector, url = slow
    with _post(url, path, GIVEN_UP):
        detector.wait_until_taken()
    wait_until_cancelled(detector.answers[-1])
    with _post(url, path, LAST) as last:
        detector.wait_until_taken()
        pipeline.go.set()
        assert last.recv(12) == b"HTTP/1.1 200"
    assert pipeline.ran == [FIRST, LAST]


def test_a_batch_that_nobody_waits_for_does_not_reach_the_models(slow: Slow) -> None:
    pipeline, detector, url = slow
    with _post(url, "/v1/predict", GIVEN_UP):
        detector.wait_until_taken()
    wait_until_cancelled(detector.answers[-1])
    pipeline.go.set()
    detector.close()  # works off what waits
    assert pipeline.ran == [FIRST]


def test_who_left_makes_room_for_others_at_once(slow: Slow) -> None:
    pipeline, detector, url = slow
    with _post(url, "/v1/predict", GIVEN_UP):
        detector.wait_until_taken()
        others = detector.submit([LAST] * 3)
        with pytest.raises(Overloaded):
            detector.admit(DetectOptions())
    wait_until_cancelled(detector.answers[1])
    others.extend(detector.submit([LAST]))
    pipeline.go.set()
    assert all(answer.result(timeout=30).error is None for answer in others)
    assert pipeline.ran == [FIRST] + [LAST] * 4


def test_what_has_begun_is_finished_and_the_next_caller_served(slow: Slow) -> None:
    pipeline, detector, url = slow
    pipeline.go.set()
    assert detector.answers[0].result(timeout=30).error is None
    pipeline.go.clear()
    pipeline.begun.clear()
    with _post(url, "/v1/predict", GIVEN_UP):
        assert pipeline.begun.wait(30)
    pipeline.go.set()
    assert detector.answers[-1].result(timeout=30).error is None
    with _post(url, "/v1/predict", LAST) as last:
        assert last.recv(12) == b"HTTP/1.1 200"
    assert pipeline.ran == [FIRST, GIVEN_UP, LAST]


def test_a_caller_who_leaves_while_it_sends_is_no_fault_of_the_server(slow: Slow) -> None:
    pipeline, detector, url = slow
    pipeline.go.set()
    with capture_logs() as records, _post(url, "/v1/predict", GIVEN_UP, sent=100) as connection:
        connection.close()
        assert _first_end(records) == "client.gone"
    with _post(url, "/v1/predict", LAST) as last:
        assert last.recv(12) == b"HTTP/1.1 200"
    assert pipeline.ran == [FIRST, LAST]
    assert len(detector.answers) == 2
