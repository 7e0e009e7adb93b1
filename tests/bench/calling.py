"""Callers of a model API in a process of their own, on kept connections, cheap enough not to be the bottleneck.

`in_closed_loop`: so many callers, each asks again once it is answered: how much can the server do? `in_open_loop`:
requests come when they come, answered or not: what does it do when that is too much? Times are of the monotonic clock,
which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import ParamSpec

import numpy as np

BROKEN = 0  # status of a request whose connection broke
HOST = "127.0.0.1"
KEPT_SECONDS = 4.0  # a connection that rested longer may be closed by the server just now
P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is asked, and with which pictures in turn."""

    port: int
    path: str
    pictures: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One request, in seconds of the monotonic clock."""

    due: float  # when it should have been sent
    sent: float
    done: float
    status: int

    @property
    def seconds(self) -> float:
        """From when it was due: a caller that is late itself must not flatter the server."""
        return self.done - self.due


def in_closed_loop(target: Target, *, clients: int, requests: int) -> list[Answer]:
    """So many requests by so many callers."""
    return asyncio.run(_closed_loop(target, clients, requests))


def in_open_loop(target: Target, *, per_second: float, seconds: float) -> list[Answer]:
    """Requests at random moments (a Poisson process, always the same one)."""
    gaps = np.random.default_rng(3).exponential(1 / per_second, size=max(1, round(per_second * seconds)))
    return asyncio.run(_open_loop(target, [float(moment) for moment in np.cumsum(gaps)]))


class Callers:
    """The process that calls."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def call(self, loop: Callable[P, list[Answer]], *arguments: P.args, **options: P.kwargs) -> Future[list[Answer]]:
        """Run one of the loops there."""
        return self._pool.submit(loop, *arguments, **options)


@contextmanager
def calling() -> Iterator[Callers]:
    """A process of callers for several loops."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        yield Callers(pool)


class _Connection:
    """HTTP/1.1 as far as a model API's answers need it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def post(self, path: str, body: bytes) -> int:
        """The status of the answer, which is read to its end; BROKEN when there is none."""
        try:
            if self._streams is None or time.monotonic() - self._used > KEPT_SECONDS:
                self.close()
                self._streams = await asyncio.open_connection(HOST, self._port)
            return await self._exchange(*self._streams, path, body)
        except (OSError, EOFError, ValueError):  # the third: a line that is too long, or no HTTP
            self.close()
            return BROKEN

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes
    ) -> int:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in answer[1:])}
        await reader.readexactly(int(named.get("content-length", "0")))
        self._used = time.monotonic()
        if named.get("connection", "").lower() == "close":
            self.close()
        return int(answer[0].split()[1])


async def _closed_loop(target: Target, clients: int, requests: int) -> list[Answer]:
    numbers = iter(range(requests))
    answers: list[Answer] = []

    async def ask_on() -> None:
        connection = _Connection(target.port)
        for number in numbers:
            now = time.monotonic()
            answers.append(await _asked(connection, target, number, due=now))
        connection.close()

    await asyncio.gather(*(ask_on() for _ in range(clients)))
    return answers


async def _open_loop(target: Target, moments: list[float]) -> list[Answer]:
    resting: list[_Connection] = []
    start = time.monotonic() + 0.1

    async def ask(number: int, due: float) -> Answer:
        await asyncio.sleep(due - time.monotonic())
        connection = resting.pop() if resting else _Connection(target.port)
        answer = await _asked(connection, target, number, due=due)
        resting.append(connection)
        return answer

    answers = await asyncio.gather(*(ask(number, start + moment) for number, moment in enumerate(moments)))
    for connection in resting:
        connection.close()
    return answers


async def _asked(connection: _Connection, target: Target, number: int, *, due: float) -> Answer:
    sent = time.monotonic()
    status = await connection.post(target.path, target.pictures[number % len(target.pictures)])
    return Answer(due=due, sent=sent, done=time.monotonic(), status=status)
