"""Bodies on their way in: how large one may be, and how long it may take to come.

Uploads of pictures and videos have limits of their own (uploads.py), and so has whatever reads its body by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api.problems import problem

MOST_BYTES = 1_000_000  # of a JSON body
LARGER = {"/api/v1/cameras/import": 2_100_000}  # a sheet, which says more of its limit by itself
UPLOADS = ("/api/v1/try", "/api/v1/gate")
IDLE_SECONDS = 10.0  # between two pieces: a line that is silent for longer is broken, or it is held on purpose
WHOLE_SECONDS = 30.0  # spent waiting for all of a body


class BodyRefused(HTTPException):
    """Raised while a body is read; FastAPI passes no other exception on from there."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(status, detail, headers={"Connection": "close"})
        self.code = code


class BodyLimits:
    """ASGI middleware; what reads a body sees BodyRefused as soon as it is too large or too slow."""

    def __init__(self, app: ASGIApp, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is announced to be too large; watch the rest."""
        if scope["type"] != "http" or scope["path"].startswith(UPLOADS):
            await self._app(scope, receive, send)
            return
        most = LARGER.get(scope["path"], MOST_BYTES)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            refusal = _too_large(most)
            answer = problem(refusal.status_code, refusal.code, refusal.detail, headers={"Connection": "close"})
            await answer(scope, receive, send)
            return
        await self._app(scope, Body(receive, most=most, seconds=self._seconds).receive, send)


class Body:
    """One request's body."""

    def __init__(self, receive: Receive, *, most: int, seconds: Callable[[], float]) -> None:
        self._receive = receive
        self._most = most
        self._seconds = seconds
        self._seen = 0
        self._waited = 0.0
        self._has_ended = False

    async def receive(self) -> Message:
        """The next piece, or the message that the client has gone. Raises BodyRefused."""
        if self._has_ended:
            return await self._receive()
        began, left = self._seconds(), WHOLE_SECONDS - self._waited
        if left <= 0:
            raise self._too_slow()
        try:
            async with asyncio.timeout(min(IDLE_SECONDS, left)):
                message = await self._receive()
        except TimeoutError as exc:
            raise self._too_slow() from exc
        self._waited += self._seconds() - began
        self._seen += len(message.get("body", b""))
        self._has_ended = not message.get("more_body", False)
        if self._seen > self._most:
            raise _too_large(self._most)
        return message

    def _too_slow(self) -> BodyRefused:
        return BodyRefused(408, "slow_body", f"the body took too long; {self._seen:,} bytes had come")


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, "body_too_large", f"the body has more than the {most:,} bytes allowed")
