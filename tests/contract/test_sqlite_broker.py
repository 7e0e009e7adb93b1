"""What only the embedded broker promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_lock import WriteLock, open_files_in

from common.adapters.brokers import queue_file
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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else writes is unavailable at once."""
    monkeypatch.setattr(queue_file, "BUSY_SECONDS", 0)


@pytest.mark.usefixtures("impatient")
def test_a_file_that_cannot_be_written_costs_no_message_and_no_descriptor(tmp_path: Path) -> None:
    broker, lock = SqliteBroker(tmp_path / "queue.db"), WriteLock(tmp_path / "queue.db")
    broker.publish(PREDICTIONS, b"held")
    leaving = broker.subscribe(PREDICTIONS, prefetch=1)
    assert leaving.receive(0) is not None
    lock.take()
    with pytest.raises(Unavailable):
        leaving.close()
    for _ in range(5):
        with pytest.raises(Unavailable):
            broker.subscribe(PREDICTIONS, prefetch=1)
    assert open_files_in(tmp_path / "queue.db.consumers") == []
    lock.close()
    delivery = broker.subscribe(PREDICTIONS, prefetch=1).receive(0)
    assert delivery is not None
    assert (delivery.body, delivery.attempt) == (b"held", 2)
    broker.close()


@pytest.mark.usefixtures("impatient")
def test_a_waiting_consumer_survives_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    broker, lock = SqliteBroker(tmp_path / "queue.db"), WriteLock(tmp_path / "queue.db")
    broker.publish(PREDICTIONS, b"held")
    leaving = broker.subscribe(PREDICTIONS, prefetch=1)
    waiting = broker.subscribe(PREDICTIONS, prefetch=1)
    assert leaving.receive(0) is not None
    lock.take()
    with pytest.raises(Unavailable):
        leaving.close()
    for _ in range(2):
        with pytest.raises(Unavailable):
            waiting.receive(0)
    lock.close()
    assert waiting.receive(5) is not None  # it looks for what the dead left once a second
    broker.close()


@pytest.mark.usefixtures("impatient")
def test_closing_closes_everything_even_where_something_cannot_be_given_back(tmp_path: Path) -> None:
    broker, lock = SqliteBroker(tmp_path / "queue.db"), WriteLock(tmp_path / "queue.db")
    for _ in range(2):
        broker.publish(JOBS, b"job")
        assert broker.subscribe(JOBS, prefetch=1).receive(0) is not None
    lock.take()
    with pytest.raises(Unavailable):
        broker.close()
    lock.close()
    assert open_files_in(tmp_path) == []


def test_a_lock_that_cannot_be_had_is_unavailable(tmp_path: Path) -> None:
    broker, waiting = SqliteBroker(tmp_path / "queue.db"), SqliteBroker(tmp_path / "queue.db")
    broker.publish(JOBS, b"held")
    subscription = waiting.subscribe(JOBS, prefetch=1)
    assert broker.subscribe(JOBS, prefetch=1).receive(0) is not None
    (held,) = waiting._file.owners()
    (tmp_path / "queue.db.consumers" / held).unlink()
    (tmp_path / "queue.db.consumers" / held).mkdir()
    with pytest.raises(Unavailable, match="lock"):
        subscription.receive(0.01)
    with pytest.raises(Unavailable, match="lock"):
        waiting.subscribe(JOBS, prefetch=1)
    broker.close()
    waiting.close()
    assert open_files_in(tmp_path) == []
