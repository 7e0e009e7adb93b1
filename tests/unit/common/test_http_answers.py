"""What a model API, or whatever stands before it, answers: cut into requests, read as values and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from common.adapters.detectors.http.answers import WrongAnswer, error_of, results_of
from common.adapters.detectors.http.parts import MOST_BYTES, cut
from common.errors import ImageTooLarge, InvalidInput, MaskwatchError, Overloaded, Unavailable, UnreadableImage

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def _response(status: int, *, headers: dict[str, str] | None = None, **content: Any) -> httpx.Response:
    request = httpx.Request("POST", "http://models/v1/predict")
    return httpx.Response(status, headers=headers, request=request, **content)


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (400, {"code": "unreadable_image", "detail": "no picture"}, UnreadableImage, "no picture"),
        (413, {"code": "image_too_large", "detail": "too large"}, ImageTooLarge, "too large"),
        (422, {"code": "invalid_input", "detail": "unknown variant"}, InvalidInput, "unknown variant"),
        (429, {"detail": "slower"}, Overloaded, "slower"),
        (503, {"code": "overloaded", "detail": "9 wait"}, Overloaded, "9 wait"),
        (502, None, Unavailable, "http://models/v1/predict answers 502: HTTP 502 Bad Gateway"),
        (408, {"code": "slow_body", "detail": "late"}, Unavailable, "http://models/v1/predict answers 408: late"),
        (413, None, WrongAnswer, "http://models/v1/predict answers 413: HTTP 413 Request Entity Too Large"),
        (404, ["a list"], WrongAnswer, "http://models/v1/predict answers 404: HTTP 404 Not Found"),
        (500, {"code": "error", "detail": "the log has it"}, WrongAnswer, "http://models/v1/predict answers 500: the"),
    ],
)
def test_every_refusal_is_a_typed_error_with_the_server_s_sentence(
    status: int, body: Any, kind: type[MaskwatchError], sentence: str
) -> None:
    error = error_of(_response(status, json=body) if body else _response(status, text="<html>"), now=NOW)
    assert type(error) is kind
    assert str(error).startswith(sentence)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 1),
        ("-3", 1),
        ("nan", 1),
        ("soon", 1),
        ("", 1),
    ],
)
def test_when_to_come_back_is_a_number_or_a_date(header: str, seconds: float) -> None:
    error = error_of(_response(503, headers={"Retry-After": header}), now=NOW)
    assert isinstance(error, Overloaded)
    assert error.retry_after_seconds == seconds


@pytest.mark.parametrize(
    "content",
    [
        {"text": "<html>a login page</html>"},
        {"json": ["a list"]},
        {"json": {"predictions": []}},
        {"json": {"results": [{"faces": "many"}]}},
        {"json": {"results": []}},
        {"json": {"results": 1}},
    ],
)
def test_what_is_no_answer_of_a_model_api_is_said_to_be_none(content: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer, match="http://models/v1/predict"):
        results_of(_response(200, **content), expected=1)


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ([], []),
        ([1, 1, 1], [[1, 1, 1]]),
        ([1] * 5, [[1, 1, 1, 1], [1]]),
        ([MOST_BYTES, 0, 1, 1], [[MOST_BYTES, 0], [1, 1]]),
        ([2 * MOST_BYTES, 2 * MOST_BYTES], [[2 * MOST_BYTES], [2 * MOST_BYTES]]),
    ],
)
def test_many_pictures_are_cut_by_number_and_by_bytes(sizes: list[int], parts: list[list[int]]) -> None:
    assert list(cut(sizes, size_of=int, most_pictures=4)) == parts


def test_cutting_takes_no_more_than_it_needs() -> None:
    pictures = iter(range(100))
    assert next(cut(pictures, size_of=int, most_pictures=4)) == [0, 1, 2, 3]
    assert next(pictures) == 5
