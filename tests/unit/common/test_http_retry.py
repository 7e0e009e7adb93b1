"""Whether to send a request again, and when: a pure function."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.adapters.detectors.http.retry import Retry
from common.runtime.backoff import Backoff

RETRY = Retry(budget_seconds=30)


@pytest.mark.parametrize(
    ("attempt", "drawn", "seconds"),
    [(1, 0.0, 0.0), (1, 0.5, 0.1), (1, 1.0, 0.2), (2, 1.0, 0.4), (4, 1.0, 1.6), (40, 0.5, 2.5), (40, 1.0, 5.0)],
)
def test_full_jitter_spreads_from_nothing_to_twice_a_growing_delay(attempt: int, drawn: float, seconds: float) -> None:
    assert RETRY.wait(attempt, spent_seconds=0, draw=lambda: drawn) == pytest.approx(seconds)


def test_what_the_server_asks_for_is_waited_for_in_full_and_the_jitter_after_it() -> None:
    waits = [RETRY.wait(1, spent_seconds=0, retry_after_seconds=7, draw=lambda drawn=drawn: drawn) for drawn in (0, 1)]
    assert waits == [7, pytest.approx(7.2)]


@pytest.mark.parametrize(
    ("spent", "asked", "is_tried"),
    [(29, 0, True), (30, 0, False), (28, 1, True), (29, 1, False), (0, 30, False), (0, 3600, False)],
)
def test_it_gives_up_at_once_when_no_attempt_fits_into_the_budget(spent: float, asked: float, is_tried: bool) -> None:
    wait = RETRY.wait(1, spent_seconds=spent, retry_after_seconds=asked)
    assert (wait is not None) is is_tried


def test_without_a_budget_there_is_one_attempt() -> None:
    assert Retry(budget_seconds=0).wait(1, spent_seconds=0) is None


def test_it_gives_up_after_its_attempts_too() -> None:
    twice = Retry(budget_seconds=30, spread=Backoff(attempts=2, jitter=1))
    assert [twice.wait(attempt, spent_seconds=0) is None for attempt in (1, 2)] == [False, True]


@given(
    attempt=st.integers(1, 10**9),
    spent=st.floats(0, 100),
    asked=st.floats(0, 100),
    drawn=st.floats(0, 1),
)
def test_no_attempt_starts_after_the_budget_or_before_the_server_asks(
    attempt: int, spent: float, asked: float, drawn: float
) -> None:
    wait = RETRY.wait(attempt, spent_seconds=spent, retry_after_seconds=asked, draw=lambda: drawn)
    if wait is not None:
        assert wait >= asked * (1 - 1e-9)
        assert spent + wait <= 30 * (1 + 1e-9)
