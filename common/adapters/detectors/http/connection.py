"""Requests to one server: kept connections, another try where that helps, foreign errors translated."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx

from common.adapters.detectors.http.answers import WrongAnswer, error_of
from common.adapters.detectors.http.retry import Retry
from common.adapters.detectors.http.streams import OpenStreams
from common.domain.urls import redact
from common.errors import InvalidInput, Overloaded, TransientError, Unavailable
from common.ports.clock import Clock, utc_now

CONNECT_SECONDS = 3.0
KEPT_CONNECTIONS = 32
# Shorter than the 5 s after which the server (uvicorn) closes one: who writes at that moment writes into nothing.
KEPT_SECONDS = 4.0


class Connection:
    """Thread-safe; several requests at once use several connections."""

    def __init__(
        self,
        url: str,
        *,
        answer_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        utc: Clock = utc_now,
        draw: Callable[[], float] = random.random,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        """`answer_seconds`: longest silence within an answer; `pause` waits between attempts.

        Raises InvalidInput when the URL is no address of a server.
        """
        self.address = _address(url)
        self._clock = clock
        self._utc = utc
        self._draw = draw
        self._closed = threading.Event()
        self._streams = OpenStreams()
        self._pause = pause or self._closed.wait  # so that closing ends a wait
        self._client = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(max_keepalive_connections=KEPT_CONNECTIONS, keepalive_expiry=KEPT_SECONDS),
        )

    def request(self, method: str, path: str, *, retry: Retry, **arguments: Any) -> httpx.Response:
        """The answer, of status 200; `arguments` are httpx's.

        Every request here may be sent twice: the model API keeps nothing of one. Tries again, as `retry` says, while
        the server is busy or does not answer. Raises what the last try met: Overloaded, Unavailable, or the
        permanent error of the answer.
        """
        began, attempt = self._clock(), 1
        while True:
            if self._closed.is_set():
                raise Unavailable(f"the client of {self.address} is closed")
            try:
                return self._attempt(method, path, **arguments)
            except WrongAnswer:
                raise
            except TransientError as exc:
                asked = exc.retry_after_seconds if isinstance(exc, Overloaded) else 0.0
                spent = self._clock() - began
                wait = retry.wait(attempt, spent_seconds=spent, retry_after_seconds=asked, draw=self._draw)
                if wait is None:
                    raise
            self._pause(wait)
            attempt += 1

    def close(self) -> None:
        """Close the connections; who waits for an answer or for the next attempt gets Unavailable."""
        self._closed.set()
        self._streams.break_all()
        self._client.close()

    def _attempt(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, extensions={"trace": self._streams.trace}, **arguments)
        except (httpx.RequestError, RuntimeError) as exc:
            if isinstance(exc, RuntimeError) and not self._closed.is_set():  # httpx's word for a closed client
                raise
            sentence = str(exc) or type(exc).__name__
            raise Unavailable(f"the model API at {self.address} does not answer: {sentence}") from exc
        if response.status_code == HTTPStatus.OK:
            return response
        raise error_of(response, now=self._utc())


def _address(url: str) -> str:
    """The URL without what may be secret in it."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise InvalidInput(f"{redact(url)!r} is no URL: {exc}") from exc
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise InvalidInput(f"{redact(url)!r} is no address of a model API; expected http://host:port")
    return redact(url).rstrip("/")
