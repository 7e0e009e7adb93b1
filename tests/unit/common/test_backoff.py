"""Waiting longer each time: a pure function."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.runtime.backoff import Backoff

PLAIN = Backoff(first_seconds=0.5, factor=2, limit_seconds=10, jitter=0)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 0.5), (2, 1), (3, 2), (5, 8), (6, 10), (1000, 10)])
def test_the_delay_doubles_up_to_its_limit(attempt: int, seconds: float) -> None:
    assert PLAIN.delay(attempt) == seconds


def test_jitter_spreads_to_both_sides() -> None:
    spread = Backoff(first_seconds=10, jitter=0.2)
    assert spread.delay(1, draw=lambda: 0.0) == 8
    assert spread.delay(1, draw=lambda: 0.5) == 10
    assert spread.delay(1, draw=lambda: 1.0) == 12


def test_it_gives_up_after_its_attempts() -> None:
    three = Backoff(attempts=3)
    assert [three.delay(attempt) is None for attempt in (1, 2, 3, 4)] == [False, False, True, True]


@given(attempt=st.integers(1, 10**9), drawn=st.floats(0, 1))
def test_the_delay_is_positive_and_bounded(attempt: int, drawn: float) -> None:
    delay = Backoff(limit_seconds=30, jitter=0.2).delay(attempt, draw=lambda: drawn)
    assert delay is not None
    assert 0 < delay <= 36
