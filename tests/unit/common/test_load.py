"""How busy a worker is, and what several can do together."""

from __future__ import annotations

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.load import Load, joint_capacity, load_key
from common.runtime.load import LoadMeter, read_loads, tell_load


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def work(meter: LoadMeter, clock: Clock, *, count: int, seconds: float, finished: int | None = None) -> None:
    with meter.working(count) as finish:
        clock.now += seconds
        finish(count if finished is None else finished)


def test_before_the_first_batch_nobody_knows_how_fast_it_is() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    clock.now += 10
    assert meter.read() == Load(busy=0.0, capacity=None)


def test_a_worker_that_rests_half_of_the_time_could_do_twice_as_much() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    for _ in range(100):
        work(meter, clock, count=8, seconds=1.0)
        clock.now += 1.0
    load = meter.read()
    assert load.capacity == pytest.approx(8)
    assert load.busy == pytest.approx(0.5, abs=0.05)
    assert load.rate == pytest.approx(4, abs=0.4)


def test_the_present_counts_more_than_the_past() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    for _ in range(30):
        work(meter, clock, count=10, seconds=1.0)
    for _ in range(60):
        work(meter, clock, count=1, seconds=1.0)
    assert meter.read().capacity == pytest.approx(1, abs=0.5)


def test_in_an_outage_nobody_knows_and_after_it_the_worker_is_as_fast_as_before() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    work(meter, clock, count=8, seconds=1.0)
    for _ in range(5):
        work(meter, clock, count=8, seconds=2.0, finished=0)
    assert meter.read().capacity == pytest.approx(8)
    for _ in range(100):
        work(meter, clock, count=8, seconds=2.0, finished=0)
    assert meter.read() == Load(busy=1.0, capacity=None)
    work(meter, clock, count=8, seconds=1.0)
    assert meter.read().capacity == pytest.approx(8)


def test_a_batch_that_hangs_is_an_outage_but_a_slow_one_is_not() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    work(meter, clock, count=8, seconds=16.0)
    with meter.working(8) as finish:
        clock.now += 40
        assert meter.read().capacity == pytest.approx(0.5)
        clock.now += 10
        assert meter.read().capacity is None
        finish(8)


def test_who_rests_still_knows_how_fast_it_is() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    work(meter, clock, count=8, seconds=1.0)
    clock.now += 1000
    assert meter.read() == Load(busy=pytest.approx(0, abs=0.01), capacity=pytest.approx(8))


def test_what_is_in_hand_counts_before_it_is_finished() -> None:
    clock = Clock()
    meter = LoadMeter(now=clock)
    with meter.working(8):
        clock.now += 5
        assert meter.read() == Load(busy=1.0, capacity=None, in_hand=8)
    assert meter.read().in_hand == 0


def test_an_error_ends_a_batch_too() -> None:
    meter = LoadMeter()
    with pytest.raises(ValueError), meter.working(3):
        raise ValueError
    assert meter.read().in_hand == 0


def test_replicas_that_are_all_busy_add_up() -> None:
    assert joint_capacity([Load(busy=1, capacity=10), Load(busy=1, capacity=20)]) == pytest.approx(30)


def test_replicas_that_rest_promise_no_more_than_one_of_what_they_may_share() -> None:
    alone = Load(busy=0.1, capacity=20)
    together = joint_capacity([alone] * 4)
    assert together is not None
    assert 20 <= together < 25
    assert joint_capacity([Load(busy=0, capacity=20)] * 2) == 20
    assert joint_capacity([Load(busy=0.5, capacity=None)]) is None
    assert joint_capacity([]) is None


def test_only_what_members_that_are_alive_say_is_read() -> None:
    coordination = MemoryCoordination()
    for name in ("p1", "gone"):
        tell_load(coordination, Load(busy=0.5, capacity=3.0), group="processors", member=name, ttl=60)
    for name in ("p1", "silent", "garbled"):
        coordination.announce("processors", name, ttl=60)
    coordination.put(load_key("processors", "garbled"), b"?", ttl=60)
    assert read_loads(coordination, "processors") == [Load(busy=0.5, capacity=3.0)]
