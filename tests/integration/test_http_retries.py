"""Requests that are sent again, over real connections: who is asked how often, and when it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from common.adapters.detectors.http import HttpDetector
from common.adapters.detectors.http.answers import WrongAnswer
from common.adapters.detectors.http.connection import Connection
from common.adapters.detectors.http.retry import Retry
from common.errors import InvalidInput, Overloaded, Unavailable

HANG_UP = 0  # in place of a status
PATIENT = Retry(budget_seconds=30)


class ScriptedServer(ThreadingHTTPServer):
    """Answers with one status after another, the last one for ever; counts the connections."""

    daemon_threads = True

    def __init__(self, statuses: Sequence[int], retry_after: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.retry_after = retry_after
        self.asked = 0
        self.connections = 0


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.asked += 1
        statuses = self.server.statuses
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if status == HANG_UP:
            self.close_connection = True
            return
        self.send_response(status)
        if status in (429, 503):
            self.send_header("Retry-After", self.server.retry_after)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def _scripted(*statuses: int, retry_after: str = "3") -> Iterator[tuple[ScriptedServer, str]]:
    with ScriptedServer(statuses, retry_after) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Time:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@contextmanager
def _connection(url: str, time: Time) -> Iterator[Callable[[Retry], int]]:
    connection = Connection(url, answer_seconds=30, clock=lambda: time.now, draw=lambda: 0.5, pause=time.pause)
    yield lambda retry: connection.request("GET", "/x", retry=retry).status_code
    connection.close()


@pytest.mark.parametrize("busy", [503, 429])
def test_a_busy_server_is_asked_again_when_it_wants_to_be(busy: int) -> None:
    time = Time()
    with _scripted(busy, busy, 200) as (server, url), _connection(url, time) as ask:
        assert ask(PATIENT) == 200
    assert time.waits == pytest.approx([3.1, 3.2])
    assert (server.asked, server.connections) == (3, 1)


def test_the_budget_ends_the_trying_with_the_server_s_own_word() -> None:
    time = Time()
    with (
        _scripted(503) as (server, url),
        _connection(url, time) as ask,
        pytest.raises(Overloaded) as raised,
    ):
        ask(Retry(budget_seconds=8))
    assert raised.value.retry_after_seconds == 3
    assert time.now <= 108
    assert server.asked == 3


def test_a_server_that_asks_for_more_than_the_budget_is_not_waited_for() -> None:
    time = Time()
    with _scripted(503, retry_after="60") as (server, url), _connection(url, time) as ask, pytest.raises(Overloaded):
        ask(PATIENT)
    assert (server.asked, time.waits) == (1, [])


@pytest.mark.parametrize("passing", [HANG_UP, 502, 504])
def test_a_server_that_is_away_for_a_moment_is_asked_again(passing: int) -> None:
    time = Time()
    with _scripted(passing, passing, 200) as (server, url), _connection(url, time) as ask:
        assert ask(PATIENT) == 200
    assert time.waits == pytest.approx([0.1, 0.2])
    assert server.asked == 3


@pytest.mark.parametrize("status", [404, 500, 301])
def test_what_trying_again_would_not_change_is_said_at_once(status: int) -> None:
    time = Time()
    with _scripted(status) as (server, url), _connection(url, time) as ask, pytest.raises(WrongAnswer):
        ask(PATIENT)
    assert (server.asked, time.waits) == (1, [])


def test_nobody_there_is_unavailable_once_the_budget_is_spent() -> None:
    with _scripted(200) as (_, url):
        pass
    time = Time()
    with _connection(url, time) as ask, pytest.raises(Unavailable, match="does not answer"):
        ask(Retry(budget_seconds=1))
    assert sum(time.waits) == pytest.approx(1)


def test_requests_one_after_another_share_a_connection() -> None:
    with _scripted(200) as (server, url), _connection(url, Time()) as ask:
        assert [ask(PATIENT) for _ in range(5)] == [200] * 5
    assert (server.asked, server.connections) == (5, 1)


def test_closing_ends_the_wait_for_the_next_attempt() -> None:
    with _scripted(503, retry_after="3600") as (server, url):
        connection = Connection(url, answer_seconds=30)
        ended: list[Exception] = []

        def ask() -> None:
            try:
                connection.request("GET", "/x", retry=Retry(budget_seconds=7200))
            except Unavailable as exc:
                ended.append(exc)

        thread = threading.Thread(target=ask)
        thread.start()
        while not server.asked:
            threading.Event().wait(0.01)
        connection.close()
        thread.join(30)
        assert not thread.is_alive()
    assert "is closed" in str(ended[0])
    assert server.asked == 1


def test_whether_it_is_ready_is_asked_once() -> None:
    with _scripted(503) as (server, url):
        detector = HttpDetector(url, retry_seconds=3600)
        with pytest.raises(Unavailable, match="is not ready"):
            detector.check()
        detector.close()
    assert server.asked == 1


@pytest.mark.parametrize("url", ["models:8500", "models", "ftp://models", "http://", "http://models:port", ""])
def test_what_is_no_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(InvalidInput):
        HttpDetector(url)


def test_a_password_in_the_address_is_not_shown() -> None:
    with _scripted(404) as (_, url):
        detector = HttpDetector(url.replace("//", "//user:secret@"), retry_seconds=0)
        with pytest.raises(WrongAnswer) as wrong:
            detector.check()
        detector.close()
    detector = HttpDetector(url.replace("//", "//user:secret@"), retry_seconds=0)
    with pytest.raises(Unavailable) as away:
        detector.check()
    detector.close()
    assert all("secret" not in str(raised.value) and "127.0.0.1" in str(raised.value) for raised in (wrong, away))
