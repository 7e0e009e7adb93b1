"""The batching loop's queue: full or late, never lost, never without bound."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from common.errors import Overloaded, Unavailable
from model_api.batching import Batch, BatchQueue

T = TypeVar("T")

FOREVER = 3600.0  # seconds that no test waits: who returns before did not wait for company


def _collected(queue: BatchQueue[T], most: int) -> Batch[T]:
    batch = queue.collect(most)
    assert batch is not None
    return batch


def _taken(queue: BatchQueue[T], most: int) -> list[T]:
    """The next batch, which takes no time."""
    batch = _collected(queue, most)
    queue.finish(batch, worked_off=0)
    return list(batch.items)


def test_a_full_batch_goes_at_once() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=FOREVER)
    queue.put([1, 2, 3, 4, 5])
    assert _taken(queue, 3) == [1, 2, 3]
    assert len(queue) == 2


def test_a_lone_item_goes_once_it_is_late() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=0.01)
    queue.put([1])
    batch = _collected(queue, 8)
    assert batch.items == [1]
    assert batch.waited_seconds[0] >= 0.01


def test_who_was_alone_does_not_wait_for_company_the_next_time() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=FOREVER)
    queue.put([1, 2, 3])
    assert _taken(queue, 1) == [1]
    assert _taken(queue, 8) == [2, 3]  # at once, for the batch before it was of one
    with ThreadPoolExecutor(max_workers=1) as pool:
        after_company = pool.submit(_taken, queue, 2)
        queue.put([4])
        assert not after_company.done()
        queue.put([5])
        assert after_company.result() == [4, 5]


def test_it_waits_for_the_first_and_tops_up_with_those_that_follow() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=FOREVER)
    with ThreadPoolExecutor(max_workers=1) as pool:
        batch = pool.submit(_taken, queue, 3)
        for item in (1, 2, 3):
            queue.put([item])
        assert batch.result() == [1, 2, 3]


def test_beyond_the_limit_all_are_refused_with_when_to_come_back() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=3, linger_seconds=0)
    queue.put([1, 2])
    queue.learn(seconds=30, items=10)
    with pytest.raises(Overloaded, match="2 pictures wait already") as raised:
        queue.put([3, 4])
    assert raised.value.retry_after_seconds == 6
    queue.put([3])
    assert _taken(queue, 8) == [1, 2, 3]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _timed(clock: Clock) -> BatchQueue[int]:
    """A queue in which nobody waits for more than 3 s, and that has seen 2 s per item."""
    queue: BatchQueue[int] = BatchQueue(limit=99, linger_seconds=0, longest_wait_seconds=3, seconds=clock)
    queue.learn(seconds=8, items=4)
    return queue


def test_who_would_wait_too_long_for_those_before_it_is_refused_with_when_to_come_back() -> None:
    queue = _timed(Clock())
    queue.put([1])
    queue.put([2])
    with pytest.raises(Overloaded, match=r"about 4\.0 s") as raised:
        queue.put([3])
    assert raised.value.retry_after_seconds == 4
    assert _taken(queue, 8) == [1, 2]


def test_what_is_in_work_is_waited_for_until_it_is_done() -> None:
    clock = Clock()
    queue = _timed(clock)
    queue.put([1, 2])
    batch = _collected(queue, 8)
    assert queue.wait_seconds() == 4
    clock.now += 1  # of the four seconds that the two take
    assert queue.wait_seconds() == 3
    queue.put([3])
    clock.now += 100  # it takes longer than anybody thought: what is left of it is not known, but not less than nothing
    assert queue.wait_seconds() == 2
    queue.finish(batch, worked_off=2)
    assert queue.wait_seconds() == 2 + (2 + 101 / 2) / 2 - 2  # of the two known paces the middle
    assert _taken(queue, 8) == [3]


def test_while_callers_are_refused_the_next_ones_wait_hardly_at_all() -> None:
    """Else every answer would be as late as the longest queue makes it, as long as too much is asked."""
    clock = Clock()
    queue = _timed(clock)  # 2 s per item
    queue.put([1])
    queue.put([2])
    with pytest.raises(Overloaded):
        queue.put([3])
    _collected(queue, 8)  # in work for 4 s
    for _ in range(5):
        clock.now += 0.75
        with pytest.raises(Overloaded):
            queue.put([4])  # for 0.25 s at least, which would be short enough in calm times
    clock.now += 0.1  # 0.15 s are left: less than a tenth of an item
    queue.put([5])
    with pytest.raises(Overloaded):
        queue.put([6])


def test_in_a_crowd_one_lane_works_once_the_burst_is_worked_off() -> None:
    """A lone picture has all cores; two at once would each take twice as long."""
    clock = Clock()
    queue: BatchQueue[int] = BatchQueue(limit=99, linger_seconds=0, longest_wait_seconds=3, lanes=2, seconds=clock)
    queue.learn(seconds=2, items=1)
    queue.put([1, 2, 3, 4])
    with pytest.raises(Overloaded):
        queue.put([5])
    first, second = queue.collect(2), queue.collect(2)  # what waited already is worked off by both
    assert first is not None
    assert second is not None
    queue.finish(first, worked_off=0)  # given up by their callers
    with pytest.raises(Overloaded):
        queue.put([5])  # a lane rests, but it stands aside
    for _ in range(3):
        clock.now += 1
        with pytest.raises(Overloaded):
            queue.put([5, 6])
    clock.now += 0.9
    queue.put([5])  # the other one is about to rest
    taken: list[int] = []
    lane = threading.Thread(target=lambda: taken.extend(_taken(queue, 2)))
    lane.start()
    lane.join(0.2)
    assert taken == []
    queue.finish(second, worked_off=2)
    lane.join()
    assert taken == [5]


def test_once_nobody_has_been_refused_for_a_while_a_burst_may_wait_again() -> None:
    clock = Clock()
    queue = _timed(clock)
    queue.put([1])
    queue.put([2])
    with pytest.raises(Overloaded):
        queue.put([3])
    _collected(queue, 8)
    clock.now += 1.5  # 2.5 s are left
    queue.put([4])


def test_one_slow_batch_turns_nobody_away() -> None:
    queue = _timed(Clock())
    for seconds in (0.1, 0.1, 0.1, 30):
        queue.learn(seconds=seconds, items=1)
    for item in range(20):
        queue.put([item])
    for _ in range(3):
        queue.learn(seconds=30, items=1)  # now it is the pace
    with pytest.raises(Overloaded):
        queue.put([20])


def test_an_idle_queue_takes_many_at_once_however_long_they_take() -> None:
    queue = _timed(Clock())
    queue.put(list(range(50)))
    with pytest.raises(Overloaded):
        queue.put([50])


def test_before_the_first_batch_is_done_nobody_is_refused_for_a_time_that_is_not_known() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=99, linger_seconds=0, longest_wait_seconds=0)
    for item in range(5):
        queue.put([item])
    assert _taken(queue, 8) == [0, 1, 2, 3, 4]


def test_with_no_patience_at_all_one_is_taken_whenever_nothing_is_in_work() -> None:
    clock = Clock()
    queue: BatchQueue[int] = BatchQueue(limit=99, linger_seconds=0, longest_wait_seconds=0, seconds=clock)
    queue.learn(seconds=1, items=1)
    queue.put([1])
    _collected(queue, 8)
    with pytest.raises(Overloaded):
        queue.put([2])
    clock.now += 1
    queue.put([3])


def test_an_empty_queue_takes_any_number_so_that_nobody_is_refused_for_ever() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=3, linger_seconds=0)
    queue.put(list(range(7)))
    assert _taken(queue, 5) + _taken(queue, 5) == list(range(7))


def test_once_closed_it_gives_what_it_has_and_takes_nothing() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=3, linger_seconds=FOREVER)
    queue.put([1])
    queue.close()
    with pytest.raises(Unavailable):
        queue.put([2])
    assert _taken(queue, 3) == [1]
    assert queue.collect(3) is None


def test_closing_wakes_who_waits() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=3, linger_seconds=FOREVER)
    found: list[Batch[int] | None] = []
    thread = threading.Thread(target=lambda: found.append(queue.collect(3)))
    thread.start()
    queue.close()
    thread.join()
    assert found == [None]


def test_what_is_discarded_takes_nobody_s_place() -> None:
    queue: BatchQueue[str] = BatchQueue(limit=2, linger_seconds=0)
    kept, given_up = "kept", "given up"
    queue.put([kept, given_up])
    queue.discard(lambda item: item is given_up)
    queue.discard(lambda item: item == "never there")
    queue.put(["next"])
    assert _taken(queue, 8) == ["kept", "next"]


def test_a_batch_whose_items_are_all_discarded_waits_for_others() -> None:
    queue: BatchQueue[str] = BatchQueue(limit=8, linger_seconds=0.2)
    given_up = "given up"
    queue.put([given_up])
    with ThreadPoolExecutor(max_workers=1) as pool:
        batch = pool.submit(_taken, queue, 3)
        queue.discard(lambda item: item is given_up)
        threading.Event().wait(0.4)  # until it is late for the one that was discarded
        assert not batch.done()
        queue.put(["next"])
        assert batch.result() == ["next"]


def _two_lanes(clock: Clock, *, waits: float = 3) -> BatchQueue[int]:
    """A queue that two empty, each at 2 s per item."""
    queue: BatchQueue[int] = BatchQueue(limit=99, linger_seconds=0, longest_wait_seconds=waits, lanes=2, seconds=clock)
    queue.learn(seconds=2, items=1)
    return queue


def test_lanes_that_rest_share_what_waits() -> None:
    queue = _two_lanes(Clock())
    queue.put([1, 2, 3, 4, 5])
    assert _collected(queue, 8).items == [1, 2, 3]
    assert _collected(queue, 8).items == [4, 5]


def test_the_only_lane_that_rests_takes_all_that_it_may() -> None:
    queue = _two_lanes(Clock())
    queue.put([1])
    _collected(queue, 8)
    queue.put([2, 3, 4, 5])
    assert _collected(queue, 3).items == [2, 3, 4]


def test_nobody_waits_while_a_lane_rests() -> None:
    queue = _two_lanes(Clock(), waits=0)
    queue.put([1])
    _collected(queue, 8)
    assert queue.wait_seconds() == 0
    queue.put([2])
    _collected(queue, 8)
    with pytest.raises(Overloaded):
        queue.put([3])


def test_the_lane_that_is_done_first_is_waited_for_and_both_work_off_what_waits() -> None:
    clock = Clock()
    queue = _two_lanes(clock)
    queue.put([1])
    first = _collected(queue, 8)
    clock.now += 0.5
    queue.put([2])
    _collected(queue, 8)
    assert queue.wait_seconds() == 1.5
    queue.put([3])
    assert queue.wait_seconds() == 2.5  # one second more: two lanes, two seconds each
    clock.now += 1.5
    queue.finish(first, worked_off=1)
    assert queue.wait_seconds() == 1
    assert _collected(queue, 8).items == [3]


def test_of_what_was_cancelled_nothing_is_learnt() -> None:
    clock = Clock()
    queue = _two_lanes(clock)
    queue.put([1])
    batch = _collected(queue, 8)
    clock.now += 100
    queue.finish(batch, worked_off=0)
    queue.put([2, 3])
    assert queue.wait_seconds() == 2
