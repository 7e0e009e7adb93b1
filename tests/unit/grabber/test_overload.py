"""The controller in closed loop with a simulated queue: it settles, keeps jobs fresh, and recovers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from grabber.overload import Decision, Seen, decide

FRESHNESS = 60.0
PERIOD = 3.0
AIM = FRESHNESS / 6
HEARD_OF_SECONDS = 6  # decided, told and learnt


class Installation:
    """Cameras, a queue and models, in steps of a second.

    A budget that falls works as soon as it is heard of, one that rises only with each camera's next shot.
    """

    def __init__(self, *, wanted: float, capacity: float, delay: int = 15, arriving: float = 1.0) -> None:
        """`arriving`: the share of the slots allowed that become jobs."""
        self.wanted, self.capacity, self.arriving = wanted, capacity, arriving
        self.decision = Decision()
        self.queue = 0.0
        self.seconds = 0
        self.waits: list[float] = []
        self.done: list[float] = []
        self.stretches: list[float] = []
        self._budgets = deque([wanted] * delay, maxlen=delay)
        self._measured = capacity

    def run(self, seconds: int, *, capacity: Callable[[int], float] | None = None) -> None:
        for second in range(seconds):
            now = capacity(second) if capacity else self.capacity
            self._step(now)
            if self.seconds % PERIOD == 0:
                seen = Seen(wanted=self.wanted, capacity=self._measured, wait_seconds=self.queue / self._measured)
                self.decision = decide(self.decision, seen, freshness=FRESHNESS, passed=PERIOD)

    def _step(self, capacity: float) -> None:
        allowed = min(self._budgets[0], self._budgets[-HEARD_OF_SECONDS], self.wanted)
        self._budgets.append(self.decision.budget or self.wanted)
        self.queue += self.arriving * allowed
        done = min(self.queue, capacity)
        self.queue -= done
        self._measured += (capacity - self._measured) / 20  # as LoadMeter forgets
        self.seconds += 1
        self.done.append(done)
        self.waits.append(self.queue / capacity)
        self.stretches.append(self.wanted / self.decision.budget if self.decision.budget else 1.0)


def test_an_overload_of_three_times_settles_and_nothing_expires() -> None:
    world = Installation(wanted=30, capacity=10)
    world.run(900)
    assert max(world.waits) < FRESHNESS
    assert sum(world.done[60:]) == pytest.approx(10 * 840, rel=0.05)
    calm = world.waits[300:]
    assert (min(calm), max(calm)) == (pytest.approx(AIM, abs=3), pytest.approx(AIM, abs=3))
    assert max(world.stretches[300:]) == pytest.approx(3, rel=0.05)
    assert min(world.stretches[300:]) == pytest.approx(3, rel=0.05)


def test_when_capacity_returns_every_camera_gets_its_interval_back_for_good() -> None:
    world = Installation(wanted=30, capacity=10)
    world.run(600)
    world.run(300, capacity=lambda _second: 40)
    assert world.decision.budget is None
    assert world.stretches[-120:] == [1.0] * 120
    assert max(world.waits[600:]) < FRESHNESS


def test_after_an_outage_what_waits_is_worked_off_and_then_every_camera_has_its_interval_again() -> None:
    world = Installation(wanted=8, capacity=27)
    world.queue = 1500.0
    world.run(150)
    assert max(world.stretches) > 1
    assert world.stretches[-60:] == [1.0] * 60


def test_models_that_become_slower_while_overloaded_keep_up_again() -> None:
    world = Installation(wanted=30, capacity=10)
    world.run(300)
    world.run(600, capacity=lambda _second: 5)
    assert max(world.waits) < FRESHNESS
    assert sum(world.done[600:]) == pytest.approx(5 * 300, rel=0.05)


def test_models_that_swing_do_not_make_the_intervals_swing_as_much() -> None:
    world = Installation(wanted=30, capacity=10)
    world.run(900, capacity=lambda second: 13 if second % 20 < 10 else 7)
    assert max(world.waits) < FRESHNESS
    calm = world.stretches[300:]
    assert max(calm) / min(calm) < 1.5


def test_cameras_that_are_down_leave_their_share_to_the_others() -> None:
    world = Installation(wanted=30, capacity=10, arriving=0.5)
    world.run(1500)
    assert max(world.waits) < FRESHNESS
    assert sum(world.done[900:]) == pytest.approx(10 * 600, rel=0.05)


def test_a_little_too_much_is_stretched_a_little() -> None:
    world = Installation(wanted=11, capacity=10)
    world.run(1200)
    assert max(world.waits) < AIM + 5
    assert max(world.stretches) < 1.4


def test_without_overload_nothing_is_ever_stretched() -> None:
    world = Installation(wanted=9, capacity=10)
    world.run(600)
    assert set(world.stretches) == {1.0}


def test_a_burst_that_the_models_work_off_in_time_is_no_overload() -> None:
    seen = Seen(wanted=5, capacity=10, wait_seconds=9)
    assert decide(Decision(), seen, freshness=FRESHNESS, passed=PERIOD).budget is None


def test_nobody_who_says_what_can_be_done_changes_nothing() -> None:
    seen = Seen(wanted=30, capacity=None, wait_seconds=None)
    for last in (Decision(), Decision(budget=3, correction=2)):
        assert decide(last, seen, freshness=FRESHNESS, passed=PERIOD) == last


def test_however_long_the_queue_every_camera_is_still_seen() -> None:
    decision = decide(Decision(), Seen(wanted=30, capacity=1, wait_seconds=100_000), freshness=FRESHNESS, passed=PERIOD)
    assert decision.budget == pytest.approx(1.5)
