"""Requests to one console: what fails for a moment is asked again, what it answers becomes values and errors."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from common.adapters.detectors.http.retry import Retry
from common.domain.urls import redact
from common.errors import InvalidInput, Overloaded, Unavailable
from maskwatch.client.errors import Busy, Interrupted, problem_of

PREFIX = "/api/v1/"
ANSWER_SECONDS = 60.0  # a rule that is tried on a long past takes so long
CONNECT_SECONDS = 5.0
SAFE = ("GET", "HEAD")  # sent again without asking: they change nothing

Shape = TypeVar("Shape", bound=BaseModel)
Query = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A JPEG; of a camera's newest also which one it is."""

    data: bytes = field(repr=False)
    snapshot_id: str | None = None
    captured_at: datetime | None = None


class Connection:
    """Thread-safe; connections are kept."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        patience_seconds: float,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`transport`: another way to the API than the network. Raises InvalidInput when the URL is none."""
        if not url.startswith(("http://", "https://")):
            raise InvalidInput(f"{redact(url)!r} is no address of a console; expected https://host:port")
        self.address = redact(url).rstrip("/")
        self._retry = Retry(budget_seconds=patience_seconds)
        self._clock = clock
        self._pause = pause
        self._draw = draw
        self._client = httpx.Client(
            base_url=url.rstrip("/") + PREFIX,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
        )

    def read(self, shape: type[Shape], method: str, path: str, **asked: Any) -> Shape:
        """The answer in its shape. Raises Problem or Interrupted; see `request` for `asked`."""
        return self._shaped(shape, self.json(method, path, **asked))

    def pages(self, shape: type[Shape], path: str, query: Query | None = None) -> Iterator[Shape]:
        """All items of a list, a page at a time as they are taken."""
        cursor: str | None = None
        while True:
            page = self.json("GET", path, query={**(query or {}), "cursor": cursor})
            for item in page["items"]:
                yield self._shaped(shape, item)
            cursor = page.get("next")
            if cursor is None:
                return

    def json(self, method: str, path: str, **asked: Any) -> Any:
        """The answer's JSON."""
        response = self.request(method, path, **asked)
        try:
            return response.json()
        except ValueError as exc:
            raise Interrupted(f"what answers at {self.address} is no console") from exc

    def picture(self, path: str, query: Query | None = None) -> Picture:
        """A JPEG."""
        response = self.request("GET", path, query=query)
        at = response.headers.get("x-captured-at")
        return Picture(
            data=response.content,
            snapshot_id=response.headers.get("x-snapshot-id"),
            captured_at=datetime.fromisoformat(at) if at else None,
        )

    def request(self, method: str, path: str, *, query: Query | None = None, **sent: Any) -> httpx.Response:
        """The answer, of status 2xx; `sent`: httpx's json, content, files, headers, timeout.

        What changes nothing is sent again while the console is busy or away, until the patience is over. Raises
        Problem, Interrupted.
        """
        began, attempt = self._clock(), 1
        while True:
            try:
                return self._attempt(method, path, query, **sent)
            except (Busy, Interrupted) as exc:
                asked = exc.retry_after_seconds if isinstance(exc, Overloaded) else 0.0
                wait = self._retry.wait(
                    attempt, spent_seconds=self._clock() - began, retry_after_seconds=asked, draw=self._draw
                )
                if method not in SAFE or wait is None:
                    raise
            self._pause(wait)
            attempt += 1

    @contextmanager
    def stream(self, method: str, path: str, *, query: Query | None = None, **sent: Any) -> Iterator[httpx.Response]:
        """An answer that comes bit by bit, of status 2xx; asked once."""
        try:
            with self._client.stream(method, path, params=cleaned(query), **sent) as response:
                if response.is_error:
                    response.read()
                    raise problem_of(response)
                yield response
        except httpx.RequestError as exc:
            raise self._interrupted(exc) from exc

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _attempt(self, method: str, path: str, query: Query | None, **sent: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, params=cleaned(query), **sent)
        except httpx.RequestError as exc:
            raise self._interrupted(exc) from exc
        if response.is_success:
            return response
        raise problem_of(response)

    def _interrupted(self, exc: httpx.RequestError) -> Unavailable:
        return Interrupted(f"the console at {self.address} does not answer: {exc or type(exc).__name__}")

    def _shaped(self, shape: type[Shape], value: Any) -> Shape:
        try:
            return shape.model_validate(value)
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise Interrupted(f"{self.address} answers in another shape: {where}: {first['msg']}") from exc


def cleaned(query: Query | None) -> dict[str, Any]:
    """Without what was not asked for; times as RFC 3339."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in (query or {}).items()
        if value is not None
    }


def named(path: str, *ids: str) -> str:
    """`path` with its {} filled in: an id never becomes another part of the address."""
    return path.format(*(quote(one, safe="") for one in ids))
