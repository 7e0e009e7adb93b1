"""What only the embedded broker promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.adapters.brokers.sqlite import SqliteBroker
from common.adapters.open import open_broker
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS


class HandClock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_the_next_exclusive_consumer_goes_on_in_order(tmp_path: Path) -> None:
    broker = SqliteBroker(tmp_path / "queue.db")
    for number in range(4):
        broker.publish(PREDICTIONS, b"%d" % number)
    first = broker.subscribe(PREDICTIONS, prefetch=2, exclusive=True)
    second = broker.subscribe(PREDICTIONS, prefetch=10, exclusive=True)
    for _ in range(2):
        assert first.receive(1) is not None
    first.close()
    received = [second.receive(1) for _ in range(4)]
    assert [delivery.body for delivery in received if delivery] == [b"0", b"1", b"2", b"3"]
    broker.close()


def test_what_a_closing_consumer_gives_back_was_no_attempt(tmp_path: Path) -> None:
    broker = SqliteBroker(tmp_path / "queue.db")
    broker.publish(JOBS, b"job")
    leaving = broker.subscribe(JOBS, prefetch=1)
    assert leaving.receive(0) is not None
    leaving.close()
    delivery = broker.subscribe(JOBS, prefetch=1).receive(0)
    assert delivery is not None
    assert delivery.attempt == 1
    broker.close()


def test_settling_after_the_consumer_closed_takes_nothing_from_its_successor(tmp_path: Path) -> None:
    broker = SqliteBroker(tmp_path / "queue.db")
    broker.publish(JOBS, b"job")
    leaving = broker.subscribe(JOBS, prefetch=1)
    late = leaving.receive(0)
    leaving.close()
    assert broker.subscribe(JOBS, prefetch=1).receive(0) is not None
    assert late is not None
    late.ack()
    assert broker.state(JOBS).unacked == 1
    broker.close()


def test_the_oldest_age_is_that_of_the_first_message_waiting(tmp_path: Path) -> None:
    clock = HandClock()
    broker = SqliteBroker(tmp_path / "queue.db", now=clock)
    assert broker.state(JOBS).oldest_age_seconds is None
    broker.publish(JOBS, b"old")
    clock.now += 30
    broker.publish(JOBS, b"young")
    clock.now += 12
    assert broker.state(JOBS).oldest_age_seconds == 42
    assert broker.subscribe(JOBS, prefetch=1).receive(0) is not None
    assert broker.state(JOBS).oldest_age_seconds == 12
    broker.close()


def test_a_retry_is_due_by_the_clock(tmp_path: Path) -> None:
    clock = HandClock()
    broker = SqliteBroker(tmp_path / "queue.db", now=clock)
    broker.publish(JOBS, b"later")
    subscription = broker.subscribe(JOBS, prefetch=1)
    delivery = subscription.receive(0)
    assert delivery is not None
    delivery.retry(after=60)
    clock.now += 59.9
    assert subscription.receive(0) is None
    clock.now += 0.2
    assert subscription.receive(0) is not None
    broker.close()


def test_reopening_finds_what_was_published(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/queue.db"
    first = open_broker(url)
    first.publish(JOBS, b"kept")
    first.close()
    second = open_broker(url)
    delivery = second.subscribe(JOBS, prefetch=1).receive(0)
    assert delivery is not None
    assert delivery.body == b"kept"
    second.close()


def test_a_file_that_is_no_queue_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(Unavailable, match=r"queue\.db"):
        SqliteBroker(tmp_path / "queue.db")
