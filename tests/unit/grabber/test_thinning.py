"""Slots passed over under overload: as many as must be, evenly spread, whatever the level does."""

from __future__ import annotations

import itertools
import random

import pytest

from grabber.thinning import Thinning


def taken(thinning: Thinning, shares: list[float]) -> list[int]:
    """The places of the slots that were taken, the level moving as told from slot to slot."""
    found, place = [], 0
    while place < len(shares):
        for _ in range(thinning.passing(shares[place])):
            if place < len(shares) - 1:
                thinning.passed(shares[place])
                place += 1
        if thinning.can_take(shares[place]):
            thinning.took(shares[place])
            found.append(place)
        else:
            thinning.passed(shares[place])
        place += 1
    return found


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 1 / 3, 0.123])
def test_a_steady_share_is_kept_and_the_gaps_differ_by_one_slot_at_most(share: float) -> None:
    places = taken(Thinning("cam"), [share] * 1000)
    assert len(places) == pytest.approx(1000 * share, abs=1)
    gaps = {after - before for before, after in itertools.pairwise(places)}
    assert max(gaps) - min(gaps) <= 1


def test_a_share_that_moves_is_kept_on_average() -> None:
    dice = random.Random(1)
    shares = [0.4]
    while len(shares) < 5000:
        shares.append(min(0.6, max(0.2, shares[-1] * dice.uniform(0.95, 1.05))))
    assert len(taken(Thinning("cam"), shares)) == pytest.approx(sum(shares), rel=0.02)


def test_cameras_do_not_all_pass_over_the_same_slots() -> None:
    begins = [taken(Thinning(f"cam{number}"), [0.25] * 4)[0] for number in range(400)]
    assert all(begins.count(place) == pytest.approx(100, abs=30) for place in range(4))


def test_once_the_overload_is_over_every_slot_is_taken_at_once() -> None:
    thinning = Thinning("cam")
    taken(thinning, [0.1] * 7)
    assert taken(thinning, [1.0] * 5) == [0, 1, 2, 3, 4]


def test_what_an_outage_missed_is_not_made_up_for() -> None:
    thinning = Thinning("cam")
    for _ in range(100):
        thinning.passed(0.5)
    assert len(taken(thinning, [0.5] * 20)) <= 11


def test_a_slot_chosen_before_the_share_fell_is_not_taken() -> None:
    thinning = Thinning("cam")
    thinning.took(0.5)
    assert thinning.passing(0.5) > 0
    for _ in range(thinning.passing(0.5)):
        thinning.passed(0.05)
    assert not thinning.can_take(0.05)
