"""Connections that only take a place: too many of them, a request that does not come, an answer that nobody reads."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class GuardedProtocol(H11Protocol):
    """uvicorn's own, which ends idle connections after an answer only.

    It is the one on h11 on purpose: that refuses a request's head of more than 16 KiB, httptools takes any length. It
    costs about 0.1 ms per request.
    """

    head_seconds = 10.0  # from the connection, or from the first byte after an answer, to the end of a request's head
    reader_seconds = 20.0  # without taking a byte of an answer
    most_connections = 512  # a process may usually open 1,024 files

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._deadline: asyncio.TimerHandle | None = None  # of a request's head
        self._next_look: asyncio.TimerHandle | None = None  # at who should read an answer

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or refuse it at once."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, code="overloaded", detail="too many connections are open")
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head, or of a body."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, by whom ever."""
        self._unwatch()
        self._unwatch_reader()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More of an answer waits than the transport likes to hold."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        self._unwatch_reader()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """All of an answer is handed to the transport; closing it waits for the reader, for ever."""
        super().on_response_complete()
        self._watch_reader()

    def _watch(self) -> None:
        is_asked = self.cycle is not None and not self.cycle.response_complete
        if is_asked:
            self._unwatch()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self._end)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        if self.transport.is_closing():
            return
        has_begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if has_begun:
            detail = f"the request's head did not come within {self.head_seconds:g} s"
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, code="slow_head", detail=detail)
        else:  # nothing was asked, or the rest of a body that was refused before: an answer would puzzle
            self.transport.close()

    def _watch_reader(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting and self._next_look is None:
            self._next_look = self.loop.call_later(self.reader_seconds, self._look_at_reader, waiting)

    def _look_at_reader(self, waited: int) -> None:
        self._next_look = None
        if self.transport.get_write_buffer_size() >= waited:
            self.transport.abort()
        else:
            self._watch_reader()

    def _unwatch_reader(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _refuse(self, status: HTTPStatus, *, code: str, detail: str) -> None:
        """A problem (RFC 9457), and the end."""
        said = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail, "code": code}
        body = json.dumps(said).encode()
        headers = {
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "Retry-After": "1",
        }
        head = h11.Response(status_code=status, headers=list(headers.items()), reason=status.phrase.encode())
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
