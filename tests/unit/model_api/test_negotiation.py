"""Which form of an answer a caller wants."""

from __future__ import annotations

import pytest

from model_api.routes.negotiation import preferred, prefers

OFFERED = ("application/json", "text/html", "text/event-stream")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/event-stream", "text/event-stream"),
        ("TEXT/HTML;q=0.5, application/json;q=0.4", "text/html"),
        ("text/*", "text/html"),
        ("text/*, text/html;q=0", "text/event-stream"),
        ("application/json;q=0, */*;q=0.1", "text/html"),
        ("image/png", None),
        ("text/html;q=nonsense", None),
        ("*/*;q=0", None),
    ],
)
def test_the_best_of_those_offered_is_chosen(accept: str, expected: str | None) -> None:
    assert preferred(accept, OFFERED) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("respond-async", True),
        ("wait=10, Respond-Async", True),
        ("respond-async; x=1", True),
        ("", False),
        ("respond-asynchronously", False),
    ],
)
def test_a_preference_is_found_among_others(header: str, expected: bool) -> None:
    assert prefers(header, "respond-async") is expected
