"""Bodies on their way in: how long one may take to come, and how much of all of them may lie in memory at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.errors import Overloaded
from common.settings import Settings
from model_api.errors import SlowBody

IDLE_SECONDS = (
    10.0  # between two pieces of a body: a line that is silent for longer is broken, or it is held on purpose
)
# A body that comes at this speed may take longer: a video does, and one who only wants to hold a place pays for it.
BYTES_PER_SECOND = 1_000_000
LARGEST_PICTURES = 32  # as many bytes as so many of the largest pictures have: 640 MB, as the settings are by default


@dataclass(frozen=True, kw_only=True)
class ReceivingLimits:
    """Beyond them a request is refused while its body comes."""

    body_seconds: float  # spent waiting for one body, and another second for each BYTES_PER_SECOND of it
    idle_seconds: float = IDLE_SECONDS
    most_bytes: int  # that all requests together hold in memory, until each is answered


def limit_receiving(app: FastAPI, settings: Settings) -> None:
    """Hold every route of the app to the limits."""
    most_bytes = LARGEST_PICTURES * settings.max_image_bytes
    app.add_middleware(Receiving, limits=ReceivingLimits(body_seconds=settings.body_seconds, most_bytes=most_bytes))


def hold(request: Request, count: int) -> None:
    """Count bytes of the body that stay in memory until the request is answered. Raises Overloaded for too many."""
    body: Body = request.state.body
    body.hold(count)


class Receiving:
    """ASGI middleware; a route that reads a body sees SlowBody when it does not come in time."""

    def __init__(self, app: ASGIApp, *, limits: ReceivingLimits, seconds: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._limits = limits
        self._seconds = seconds
        self._memory = Memory(limits.most_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = Body(receive, limits=self._limits, memory=self._memory, seconds=self._seconds)
        scope.setdefault("state", {})["body"] = body
        try:
            await self._app(scope, body.receive, send)
        finally:
            body.release()


class Memory:
    """What the bodies of all requests take; only the event loop's thread uses it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._taken = 0

    def take(self, count: int) -> None:
        """Raises Overloaded. The first body is always taken: its own limit is smaller, or meant."""
        if self._taken and self._taken + count > self._most_bytes:
            raise Overloaded(f"the pictures of other requests take {self._taken:,} bytes of memory already")
        self._taken += count

    def give_back(self, count: int) -> None:
        """Make room for others."""
        self._taken -= count


class Body:
    """One request's body, in pieces as they come."""

    def __init__(
        self, receive: Receive, *, limits: ReceivingLimits, memory: Memory, seconds: Callable[[], float]
    ) -> None:
        self._receive = receive
        self._limits = limits
        self._memory = memory
        self._seconds = seconds
        self._held = 0
        self._seen = 0
        self._waited = 0.0
        self._has_ended = False

    async def receive(self) -> Message:
        """The next piece, or the message that the client has gone. Raises SlowBody.

        Only waiting counts: the time that this server takes to look at what has come is not the client's.
        """
        if self._has_ended:
            return await self._receive()
        left = self._limits.body_seconds + self._seen / BYTES_PER_SECOND - self._waited
        if left <= 0:
            raise self._too_slow(is_idle=False)
        began = self._seconds()
        try:
            async with asyncio.timeout(min(self._limits.idle_seconds, left)):
                message = await self._receive()
        except TimeoutError as exc:
            raise self._too_slow(is_idle=self._limits.idle_seconds < left) from exc
        self._waited += self._seconds() - began
        self._seen += len(message.get("body", b""))
        self._has_ended = not message.get("more_body", False)
        return message

    def hold(self, count: int) -> None:
        """Count bytes of it that stay in memory. Raises Overloaded."""
        self._memory.take(count)
        self._held += count

    def release(self) -> None:
        """Nothing of it is in memory any more."""
        self._memory.give_back(self._held)
        self._held = 0

    def _too_slow(self, *, is_idle: bool) -> SlowBody:
        if is_idle:
            return SlowBody(f"nothing more of the body came for {self._limits.idle_seconds:g} s")
        return SlowBody(f"after {self._limits.body_seconds:g} s the body had not come; {self._seen:,} bytes had")
