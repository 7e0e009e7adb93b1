"""What the client does when a console is busy or away; the console is scripted, the clock stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from common.errors import InvalidInput
from maskwatch.client.connection import Connection
from maskwatch.client.errors import Busy, Interrupted, Refused

BUSY = httpx.Response(503, headers={"Retry-After": "2"}, json={"code": "unavailable", "detail": "the database is away"})
FINE = httpx.Response(200, json={"name": "admin"})


class Clock:
    """Moves by what is waited."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


Script = Iterator[httpx.Response | Exception]


def connect(clock: Clock, *answers: httpx.Response | Exception, patience: float = 30) -> Connection:
    script: Script = iter(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        said = next(script)
        if isinstance(said, Exception):
            raise said
        return said

    return Connection(
        "https://masks.example",
        "secret",
        patience_seconds=patience,
        transport=httpx.MockTransport(answer),
        clock=clock,
        pause=clock.pause,
        draw=lambda: 0.5,
    )


def test_what_changes_nothing_is_asked_again_as_late_as_the_console_says() -> None:
    clock = Clock()
    connection = connect(clock, BUSY, httpx.ConnectError("refused"), FINE)
    assert connection.json("GET", "me") == {"name": "admin"}
    assert clock.waits == [2.1, 0.2]


def test_what_changes_something_is_asked_once() -> None:
    clock = Clock()
    with pytest.raises(Busy) as busy:
        connect(clock, BUSY, FINE).json("POST", "cameras", json={})
    assert (busy.value.code, busy.value.status, busy.value.retry_after_seconds) == ("unavailable", 503, 2.0)
    assert clock.waits == []


def test_patience_ends() -> None:
    clock = Clock()
    with pytest.raises(Busy):
        connect(clock, *[BUSY] * 9, patience=5).json("GET", "me")
    assert clock.now <= 5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, text="<html>a proxy's page"), Interrupted),
        (httpx.Response(502, text="<html>bad gateway"), Refused),
        (httpx.ReadTimeout("silent"), Interrupted),
    ],
)
def test_what_is_no_console_is_told(answer: httpx.Response | Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        connect(Clock(), answer, patience=0).json("GET", "me")


def test_an_address_must_be_one() -> None:
    make: Callable[[str], Connection] = lambda url: Connection(url, "", patience_seconds=0)  # noqa: E731
    with pytest.raises(InvalidInput, match="no address of a console"):
        make("masks.example")
