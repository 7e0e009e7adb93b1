"""What the model API answers -> values and errors."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from common.answers import from_answer
from common.domain.prediction import PictureResult
from common.errors import (
    ImageTooLarge,
    InvalidInput,
    MalformedMessage,
    MaskwatchError,
    Overloaded,
    Unavailable,
    UnreadableImage,
)


class WrongAnswer(Unavailable):
    """Something answers there, but not as a model API does: asking again at once changes nothing."""


BUSY = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
# A proxy whose model API is away for a moment, or a network that was too slow for the request to arrive in time.
GATEWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.REQUEST_TIMEOUT)
RETRY_AFTER_SECONDS = 1.0  # where the server names no time
_BAD_PICTURE = {UnreadableImage.code: UnreadableImage, ImageTooLarge.code: ImageTooLarge}


def where(response: httpx.Response) -> str:
    """The address that was asked, without login and query."""
    url = response.url
    return f"{url.scheme}://{url.netloc.decode()}{url.path}"


def results_of(response: httpx.Response, *, expected: int) -> list[PictureResult]:
    """The results of a good answer. Raises WrongAnswer when it is none of a model API."""
    try:
        results = [from_answer(answer) for answer in object_of(response)["results"]]
    except (TypeError, KeyError, MalformedMessage) as exc:
        raise WrongAnswer(f"what answers at {where(response)} is no model API: {exc}") from exc
    if len(results) != expected:
        raise WrongAnswer(f"{where(response)} gave {len(results)} results for {expected} pictures")
    return results


def object_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer. Raises WrongAnswer when there is none."""
    try:
        found = response.json()
    except ValueError as exc:
        raise WrongAnswer(f"what answers at {where(response)} is no model API: {exc}") from exc
    if not isinstance(found, dict):
        raise WrongAnswer(f"what answers at {where(response)} is no model API: its JSON is no object")
    return found


def error_of(response: httpx.Response, *, now: datetime) -> MaskwatchError:
    """The error that an answer of another status than 200 stands for; `now` is for a Retry-After that names a date."""
    detail = _detail(response)
    if response.status_code in BUSY:
        return Overloaded(detail, retry_after_seconds=_retry_after(response, now))
    if bad_picture := _BAD_PICTURE.get(str(_problem(response).get("code"))):
        return bad_picture(detail)
    if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return InvalidInput(detail)
    kind = Unavailable if response.status_code in GATEWAY else WrongAnswer
    return kind(f"{where(response)} answers {response.status_code}: {detail}")


def _detail(response: httpx.Response) -> str:
    return str(_problem(response).get("detail") or f"HTTP {response.status_code} {response.reason_phrase}")


def _problem(response: httpx.Response) -> dict[str, Any]:
    """RFC 9457; empty when something between us and the server answers in another way."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(response: httpx.Response, now: datetime) -> float:
    """Seconds from now. RFC 9110, 10.2.3: a number of seconds, or a date, which proxies prefer."""
    asked = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(asked) if asked.isdecimal() else (parsedate_to_datetime(asked) - now).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date of no time zone
        return RETRY_AFTER_SECONDS
