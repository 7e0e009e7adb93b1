"""How long a body may take to come, and how much of all bodies lies in memory, by a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import Request

from common.errors import Overloaded
from model_api.errors import SlowBody
from model_api.receiving import BYTES_PER_SECOND, Receiving, ReceivingLimits, hold

App = Callable[[Request], Awaitable[None]]


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _receiving(app: App, clock: Clock, **limits: Any) -> Receiving:
    async def as_asgi(scope: Any, receive: Any, _send: Any) -> None:
        await app(Request(scope, receive))

    return Receiving(
        as_asgi, limits=ReceivingLimits(**{"body_seconds": 30, "most_bytes": 100, **limits}), seconds=clock
    )


def _pieces(*pieces: bytes, clock: Clock, after_seconds: float) -> Callable[[], Awaitable[dict[str, Any]]]:
    """A client that sends a piece every so many seconds, and goes on for ever with the last."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        clock.now += after_seconds
        piece = left.pop(0) if left else pieces[-1]
        return {"type": "http.request", "body": piece, "more_body": True}

    return receive


async def _no_send(_message: Any) -> None:
    raise AssertionError("nothing is sent here")


async def _read_on(request: Request) -> None:
    async for _piece in request.stream():
        pass


def _run(receiving: Receiving, receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    asyncio.run(receiving({"type": "http", "headers": []}, receive, _no_send))  # type: ignore[arg-type]


def test_a_body_of_one_byte_every_few_seconds_is_cut_off_at_the_limit() -> None:
    clock = Clock()
    with pytest.raises(SlowBody, match="after 30 s the body had not come; 8 bytes had"):
        _run(_receiving(_read_on, clock), _pieces(b"x", clock=clock, after_seconds=4))
    assert clock.now == 32


def test_a_large_body_has_longer_the_more_of_it_came() -> None:
    clock = Clock()
    megabyte = bytes(BYTES_PER_SECOND)
    with pytest.raises(SlowBody):
        _run(_receiving(_read_on, clock), _pieces(megabyte, clock=clock, after_seconds=4))
    assert clock.now == 40  # 10 MB: 30 s and 10 more


def test_time_that_the_server_takes_is_not_the_client_s() -> None:
    clock, seen = Clock(), 0

    async def think(request: Request) -> None:
        nonlocal seen
        async for _piece in request.stream():
            seen += 1
            clock.now += 1000
            if seen == 5:
                break

    _run(_receiving(think, clock), _pieces(b"x", clock=clock, after_seconds=1))
    assert seen == 5


def test_silence_is_cut_off_long_before_the_whole_limit() -> None:
    async def silent() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError("it never ends")

    with pytest.raises(SlowBody, match=r"nothing more of the body came for 0\.01 s"):
        _run(_receiving(_read_on, Clock(), idle_seconds=0.01), silent)


def test_who_has_sent_all_may_wait_for_its_answer_in_silence() -> None:
    async def body_then_silence() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def read_and_wait(request: Request) -> None:
        assert await request.body() == b"all"
        assert await request.receive() == {"type": "http.disconnect"}

    messages = [{"type": "http.request", "body": b"all", "more_body": False}]
    _run(_receiving(read_and_wait, Clock(), idle_seconds=0.01, body_seconds=0.01), body_then_silence)


def test_what_requests_hold_together_is_bounded_and_given_back_with_the_answer() -> None:
    async def hold_what_the_path_says(request: Request) -> None:
        hold(request, int(request.url.path))
        gate.set()
        await asyncio.sleep(0.01)

    async def ask(count: int) -> None:
        await receiving({"type": "http", "path": str(count), "headers": []}, _never, _no_send)

    async def scenario() -> None:
        first = asyncio.create_task(ask(60))
        await gate.wait()
        with pytest.raises(Overloaded, match="take 60 bytes"):
            await ask(41)
        await ask(40)
        await first
        await ask(1000)  # alone: its own limit is the route's matter
        await ask(100)

    gate = asyncio.Event()
    receiving = _receiving(hold_what_the_path_says, Clock())
    asyncio.run(scenario())


async def _never() -> dict[str, Any]:
    raise AssertionError("nothing is received here")
