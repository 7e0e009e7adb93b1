"""A crowd lasts while more is asked than can be done, and no longer."""

from __future__ import annotations

import pytest

from model_api.crowd import CALM_SECONDS, Crowd

PACE = 0.1  # seconds per item: ten can be done in a second


def _asked(per_second: float, *, seconds: float) -> tuple[Crowd, float]:
    """A crowd in which so much was asked, and the time at its end."""
    crowd, now = Crowd(), 50.0
    crowd.begin(pace=PACE, now=now)
    for _ in range(round(per_second * seconds)):
        now += 1 / per_second
        crowd.ask(1, now=now)
    return crowd, now


def test_there_is_none_before_somebody_would_wait_too_long() -> None:
    crowd = Crowd()
    crowd.ask(1000, now=1)
    assert not crowd.lasts(now=1)


@pytest.mark.parametrize(("per_second", "lasts"), [(40, True), (12, True), (8, False), (1, False)])
def test_it_lasts_while_more_is_asked_than_can_be_done(per_second: float, lasts: bool) -> None:
    crowd, now = _asked(per_second, seconds=10)
    assert crowd.lasts(now=now) is lasts


def test_it_lasts_for_a_moment_at_least_so_that_one_gap_does_not_end_it() -> None:
    crowd = Crowd()
    crowd.begin(pace=PACE, now=1)
    assert crowd.lasts(now=1 + CALM_SECONDS)
    assert not crowd.lasts(now=1.1 + CALM_SECONDS)


def test_it_is_over_as_soon_as_nobody_has_asked_for_a_while() -> None:
    crowd, now = _asked(100, seconds=60)
    assert crowd.lasts(now=now)
    assert not crowd.lasts(now=now + 1.1 * CALM_SECONDS)


def test_who_would_wait_too_long_during_it_does_not_change_the_pace_it_is_judged_by() -> None:
    """The batches of a crowd are small, and their items take longer than the same load does otherwise."""
    crowd, now = _asked(8, seconds=2)
    crowd.begin(pace=5 * PACE, now=now)
    assert not crowd.lasts(now=now)


def test_a_request_of_many_counts_as_many() -> None:
    crowd, now = _asked(1, seconds=5)
    crowd.begin(pace=PACE, now=now)
    crowd.ask(30, now=now)
    assert crowd.lasts(now=now)
