"""The batching loop's queue: full or late, never lost, never without bound."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.errors import Overloaded, Unavailable
from model_api.batching import BatchQueue

FOREVER = 3600.0  # seconds that no test waits: who returns before did not wait for company


def _taken(queue: BatchQueue[int], most: int) -> list[int]:
    return [item for _, item in queue.collect(most)]


def test_a_full_batch_goes_at_once() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=FOREVER)
    queue.put([1, 2, 3, 4, 5])
    assert _taken(queue, 3) == [1, 2, 3]
    assert len(queue) == 2


def test_a_lone_item_goes_once_it_is_late() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=10, linger_seconds=0.01)
    queue.put([1])
    ((waited, item),) = queue.collect(8)
    assert item == 1
    assert waited >= 0.01


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
    assert _taken(queue, 3) == []


def test_closing_wakes_who_waits() -> None:
    queue: BatchQueue[int] = BatchQueue(limit=3, linger_seconds=FOREVER)
    found: list[list[int]] = []
    thread = threading.Thread(target=lambda: found.append(_taken(queue, 3)))
    thread.start()
    queue.close()
    thread.join()
    assert found == [[]]


def test_what_is_discarded_takes_nobody_s_place() -> None:
    queue: BatchQueue[str] = BatchQueue(limit=2, linger_seconds=0)
    kept, given_up = "kept", "given up"
    queue.put([kept, given_up])
    queue.discard(given_up)
    queue.discard("never there")
    queue.put(["next"])
    assert [item for _, item in queue.collect(8)] == ["kept", "next"]


def test_a_batch_whose_items_are_all_discarded_waits_for_others() -> None:
    queue: BatchQueue[str] = BatchQueue(limit=8, linger_seconds=0.2)
    given_up = "given up"
    queue.put([given_up])
    with ThreadPoolExecutor(max_workers=1) as pool:
        batch = pool.submit(queue.collect, 3)
        queue.discard(given_up)
        threading.Event().wait(0.4)  # until it is late for the one that was discarded
        assert not batch.done()
        queue.put(["next"])
        assert [item for _, item in batch.result()] == ["next"]
