"""Clients that send slowly, never, or too many at once, by raw sockets on a real server with small limits."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from select import select
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from model_server import serving
from scripted_models import ScriptedPipeline, crowd
from slow_models import PATIENCE_SECONDS, SlowPipeline, WatchedDetector, wait_until_cancelled
from tiny_models import RED, picture

from common.serving.guard import GuardedProtocol
from common.settings import Settings
from model_api.client import Client
from model_api.draw import to_jpeg
from model_api.local import LocalDetector
from model_api.server import listen

JPEG = to_jpeg(picture({(1, 1): RED}))
HEAD = b"POST %s HTTP/1.1\r\nHost: api\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
MULTIPART = HEAD.replace(b"image/jpeg", b"multipart/form-data; boundary=b") % (b"/v1/predict", 9999) + b"--b\r\n"
BODY_SECONDS = 0.5


class HastyProtocol(GuardedProtocol):
    """Waits for no head, and for no reader."""

    head_seconds = reader_seconds = 0.3


@contextmanager
def _serving(protocol: type[GuardedProtocol] = GuardedProtocol, **limits: Any) -> Iterator[str]:
    """A server whose models answer at once, and which holds 32 x 10,000 bytes."""
    pipeline = ScriptedPipeline(crowd())
    pipeline.go.set()
    detector = LocalDetector(pipeline=pipeline)
    with serving(detector, Settings(max_image_bytes=10_000, **limits), protocol=protocol) as address:
        yield address
    detector.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server without patience."""
    with _serving(HastyProtocol, body_seconds=BODY_SECONDS) as address:
        yield address


@pytest.fixture
def patient_url() -> Iterator[str]:
    """A server that lets a body take its time."""
    with _serving() as address:
        yield address


def _connect(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE_SECONDS)


def _read_to_end(connection: socket.socket) -> tuple[bytes, dict[str, str], bytes]:
    """Status line, headers and body of an answer, until the server closes the connection."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    headers = dict(line.decode().lower().split(": ", 1) for line in lines)
    return status, headers, body


@pytest.mark.parametrize("path", [b"/v1/predict", b"/v1/gate"])
def test_a_body_that_stops_coming_is_refused_with_a_sentence_and_the_connection_closed(url: str, path: bytes) -> None:
    with _connect(url) as connection:
        connection.sendall(HEAD % (path, len(JPEG)) + JPEG[:100])
        status, headers, body = _read_to_end(connection)
    assert status.startswith(b"HTTP/1.1 408 ")
    assert (headers["content-type"], headers["connection"]) == ("application/problem+json", "close")
    refused = json.loads(body)
    assert (refused["status"], refused["code"]) == (408, "slow_body")
    assert refused["detail"] == "after 0.5 s the body had not come; 100 bytes had"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(MULTIPART, id="multipart"),
        pytest.param(HEAD.replace(b"image/jpeg", b"application/json") % (b"/v1/predict", 99) + b'{"ima', id="JSON"),
        pytest.param(HEAD.replace(b"image/jpeg", b"application/json") % (b"/v2/models/maskwatch/infer", 99), id="v2"),
    ],
)
def test_it_is_so_in_every_form(url: str, sent: bytes) -> None:
    with _connect(url) as connection:
        connection.sendall(sent)
        assert _read_to_end(connection)[0].startswith(b"HTTP/1.1 408 ")


def test_a_foreign_protocol_refuses_a_slow_body_in_its_own_shape(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(MULTIPART.replace(b"/v1/predict", b"/compat/ucloud/detect-mask"))
        status, headers, body = _read_to_end(connection)
    assert (status[:12], headers["connection"]) == (b"HTTP/1.1 408", "close")
    assert json.loads(body)["RetCode"] == 408


def test_a_body_in_pieces_is_taken_while_it_comes_in_time(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(HEAD % (b"/v1/predict", len(JPEG)))
        for start in range(0, len(JPEG), 500):
            connection.sendall(JPEG[start : start + 500])
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_an_answer_s_body_does_not_wait_for_its_head_to_be_acknowledged() -> None:
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms a request."""
    with listen("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname()):
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_head_that_never_ends_is_refused(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: api\r\nX-Slow: ")
        status, headers, body = _read_to_end(connection)
    assert (status[:12], headers["connection"]) == (b"HTTP/1.1 408", "close")
    assert json.loads(body)["detail"] == "the request's head did not come within 0.3 s"


def test_a_head_without_bounds_is_refused_long_before_it_fills_the_memory(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(b"POST /v1/predict HTTP/1.1\r\nX-Long: " + bytes(100_000).replace(b"\0", b"x"))
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_who_never_asks_is_let_go_without_a_word(url: str) -> None:
    with _connect(url) as connection:
        assert connection.recv(1) == b""


def test_a_second_head_on_a_kept_connection_must_come_in_time_too(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.sendall(b"GET /he")
        assert b"408" in b"".join(iter(lambda: connection.recv(65_536), b""))


DESCRIPTION = b"GET /openapi.json HTTP/1.1\r\nHost: api\r\n\r\n"  # has a long answer


def _ask_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(DESCRIPTION * 100)


def test_who_asks_on_and_on_and_reads_no_answer_is_cut_off(url: str) -> None:
    with _connect(url) as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        _ask_for_ever(connection)


def test_who_reads_slowly_but_reads_gets_all_answers(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(DESCRIPTION * 299 + DESCRIPTION.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        received = b""
        while piece := connection.recv(500_000):
            received += piece
            threading.Event().wait(0.05)
    assert received.count(b"HTTP/1.1 200") == 300


def test_the_rest_of_a_refused_body_is_not_waited_for_without_end(url: str) -> None:
    with _connect(url) as connection:
        connection.sendall(HEAD % (b"/v1/nothing", 1_000_000) + bytes(10))
        assert connection.recv(12) == b"HTTP/1.1 404"
        connection.sendall(bytes(10))
        assert b"408" not in b"".join(iter(lambda: connection.recv(65_536), b""))


def _upload(url: str, stack: ExitStack, data: bytes) -> socket.socket:
    """Announce 10,000 bytes, send these, and stall."""
    connection = stack.enter_context(_connect(url))
    connection.sendall(HEAD % (b"/v1/predict", 10_000) + data)
    return connection


def test_stalled_uploads_starve_nobody(patient_url: str) -> None:
    with ExitStack() as stack:
        stalled = [_upload(patient_url, stack, bytes(100)) for _ in range(200)]
        answers = [httpx.post(f"{patient_url}/v1/predict", content=JPEG) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        assert select(stalled, [], [], 0)[0] == []


def test_what_all_bodies_take_in_memory_is_bounded(patient_url: str) -> None:
    with ExitStack() as stack:
        stalled = [_upload(patient_url, stack, bytes(9_000)) for _ in range(40)]  # 35 of them are 315,000 bytes
        refused = [_first_answered(stalled) for _ in range(5)]
        for connection in refused:
            head = connection.recv(65_536)
            assert head.startswith(b"HTTP/1.1 503")
            assert b"retry-after: 1" in head
        assert httpx.post(f"{patient_url}/v1/predict", content=bytes(9_000)).status_code == 503
        assert select(stalled, [], [], 0)[0] == []
    with Client(patient_url, patience_seconds=PATIENCE_SECONDS) as client:  # until the server has seen them leave
        assert client.predict(JPEG).error is None


def _first_answered(waiting: list[socket.socket]) -> socket.socket:
    """Taken out of those that wait."""
    (answered, *_others), _, _ = select(waiting, [], [], PATIENCE_SECONDS)
    waiting.remove(answered)
    return answered


def test_more_connections_than_a_process_can_hold_are_refused() -> None:
    class FewProtocol(GuardedProtocol):
        most_connections = 3

    with _serving(FewProtocol) as url, ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(_connect(url))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        status, headers, body = _read_to_end(stack.enter_context(_connect(url)))
        assert (status[:12], headers["retry-after"]) == (b"HTTP/1.1 503", "1")
        assert json.loads(body)["detail"] == "too many connections are open"


def test_an_answer_that_takes_too_long_is_given_up_and_its_pictures_leave_the_queue() -> None:
    pipeline = SlowPipeline()
    detector = WatchedDetector(pipeline=pipeline)
    with serving(detector, Settings(answer_seconds=0.2)) as url:
        detector.submit([b"in work"])
        assert pipeline.begun.wait(PATIENCE_SECONDS)
        response = httpx.post(f"{url}/v1/predict", content=JPEG)
        body: dict[str, Any] = response.json()
        assert (response.status_code, body["code"], body["detail"]) == (503, "overloaded", "no answer within 0.2 s")
        assert response.headers["retry-after"] == "5"
        wait_until_cancelled(detector.answers[-1])
        pipeline.go.set()
    detector.close()
    assert pipeline.ran == [b"in work"]
