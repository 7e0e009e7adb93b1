"""The console's API without a server: requests of a client in the same process, as whoever sits at the command line."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

from common.domain.user import Reach, Role, TokenKind

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from console.auth import Identity
    from console.context import Console

URL = "http://in-process"
COMMAND_LINE = "command line"


def command_line_api(console: Console, *, by: str = "") -> FastAPI:
    """The API, in which whoever asks is an administrator named `by`: who may run commands here reads the database."""
    from fastapi import Request

    from console.api.access import identity_of_request
    from console.api.build import create_api
    from console.auth import Identity

    who = Identity(
        user_id=COMMAND_LINE,
        name=by or COMMAND_LINE,
        role=Role.ADMIN,
        reach=Reach(),
        kind=TokenKind.API,
        token_id="",
        secret_hash="",
    )

    def at_the_command_line(request: Request) -> Identity:
        request.state.identity = who  # for the audit log
        return who

    at_the_command_line.__annotations__["request"] = Request  # FastAPI looks it up where this module is not loaded
    app = create_api(console)
    app.dependency_overrides[identity_of_request] = at_the_command_line
    return app


class InProcess(httpx.BaseTransport):
    """Hands requests to an app, one event loop and thread for each; answers come as the app sends them."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the app."""
        exchange = _Exchange(self._app, request)
        start = exchange.next_message()
        return httpx.Response(start["status"], headers=start["headers"], stream=_Answer(exchange), request=request)

    def close(self) -> None:
        """Store what the app has counted so far."""
        self._app.state.stopping.set()
        self._app.state.repeats.close()


class _Exchange:
    """One request, and the messages that answer it."""

    def __init__(self, app: FastAPI, request: httpx.Request) -> None:
        self._app = app
        self._body = request.read()
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": None,
            "server": (request.url.host, 80),
            "root_path": "",
        }
        self._messages: queue.Queue[dict[str, Any] | BaseException] = queue.Queue()
        self._is_read = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_left: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="in-process-api", daemon=True)
        self._thread.start()

    def next_message(self) -> dict[str, Any]:
        """What the app sends next. Raises what it raised."""
        message = self._messages.get()
        if isinstance(message, BaseException):
            raise message
        return message

    def leave(self) -> None:
        """Nobody reads on: the app hears of it, as of a closed connection."""
        if self._loop is not None and self._has_left is not None:
            with suppress(RuntimeError):  # the app has answered, and its loop is closed
                self._loop.call_soon_threadsafe(self._has_left.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._ask())
        except BaseException as exc:  # noqa: BLE001  whoever waits for the answer must hear of it
            self._messages.put(exc)

    async def _ask(self) -> None:
        self._has_left = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        assert self._has_left is not None  # noqa: S101  it was made before the app began
        await self._has_left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self._messages.put(dict(message))


class _Answer(httpx.SyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        while True:
            message = self._exchange.next_message()
            yield message.get("body", b"")
            if not message.get("more_body", False):
                return

    def close(self) -> None:
        self._exchange.leave()
