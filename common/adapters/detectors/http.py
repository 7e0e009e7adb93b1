"""The model API over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx

from common.answers import from_answer
from common.domain.prediction import PictureResult
from common.errors import ImageTooLarge, InvalidInput, MalformedMessage, Overloaded, Unavailable
from common.ports.detector import DetectOptions

MOST_PICTURES = 64  # the model API's own limit for one request
MOST_BYTES = 40_000_000  # of pictures in one request: bounded memory on both sides
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 60.0  # a full queue of pictures on a small machine takes this long
CHECK_SECONDS = 3.0
REQUEST_ID = "X-Request-Id"  # the server logs it
RETRY_SECONDS = 1.0  # where the server names no time


class HttpDetector:
    """Implements common.ports.detector.Detector; thread-safe, connections are kept and shared."""

    def __init__(self, url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """`url`: of the model API, such as http://model-api:8500."""
        self._url = url.rstrip("/")
        timeout = httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(base_url=self._url, timeout=timeout)

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        """Answers for encoded pictures, in their order; many are sent in several requests.

        Raises Unavailable, Overloaded, or InvalidInput for options that the server refuses.
        """
        chosen = options or DetectOptions()
        return [result for part in _parts(pictures) for result in self._ask(part, chosen)]

    def check(self) -> None:
        """Raise Unavailable unless the server says that it is ready."""
        response = self._send("GET", "/readyz", timeout=CHECK_SECONDS)
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f"the model API at {self._url} is not ready")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, pictures: Sequence[bytes], options: DetectOptions) -> list[PictureResult]:
        response = self._send(
            "POST",
            "/v1/predict",
            params=_query(options),
            files=[("images", (f"{index}", data)) for index, data in enumerate(pictures)],
            headers={REQUEST_ID: ",".join(options.names)} if options.names else None,
        )
        if response.status_code == HTTPStatus.OK:
            return self._results(response, len(pictures))
        refused = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if response.status_code in refused and _code(response) in _PICTURE_CODES:
            if len(pictures) == 1:  # alone, a bad picture is the request's error; here it is its result's
                return [PictureResult(error=_detail(response))]
            return [result for picture in pictures for result in self._ask([picture], options)]
        raise self._error(response)

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **arguments)
        except httpx.TransportError as exc:
            sentence = str(exc) or type(exc).__name__
            raise Unavailable(f"the model API at {self._url} does not answer: {sentence}") from exc

    def _results(self, response: httpx.Response, expected: int) -> list[PictureResult]:
        try:
            results = [from_answer(answer) for answer in response.json()["results"]]
        except (ValueError, TypeError, KeyError, MalformedMessage) as exc:
            raise Unavailable(f"what answers at {self._url} is no model API: {exc}") from exc
        if len(results) != expected:
            raise Unavailable(f"the model API at {self._url} gave {len(results)} results for {expected} pictures")
        return results

    def _error(self, response: httpx.Response) -> Exception:
        if response.status_code in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            return Overloaded(_detail(response), retry_after_seconds=_retry_after(response))
        if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            return InvalidInput(_detail(response))
        return Unavailable(f"the model API at {self._url} answers {response.status_code}: {_detail(response)}")


_PICTURE_CODES = ("unreadable_image", ImageTooLarge.code)


def _parts(pictures: Sequence[bytes]) -> list[list[bytes]]:
    """Cut into requests of at most MOST_PICTURES and, with more than one picture, MOST_BYTES."""
    parts: list[list[bytes]] = []
    size = 0
    for picture in pictures:
        if not parts or len(parts[-1]) == MOST_PICTURES or size + len(picture) > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(picture)
        size += len(picture)
    return parts


def _query(options: DetectOptions) -> dict[str, str]:
    query = {"variant": options.variant, "fit": "true" if options.fit else "false"}
    if options.min_score is not None:
        query["min_score"] = str(options.min_score)
    return query


def _code(response: httpx.Response) -> str:
    return str(_problem(response).get("code", ""))


def _detail(response: httpx.Response) -> str:
    return str(_problem(response).get("detail") or f"HTTP {response.status_code} {response.reason_phrase}")


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(response: httpx.Response) -> float:
    """In seconds; the header's other form, a date, is not what our server sends."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return RETRY_SECONDS
