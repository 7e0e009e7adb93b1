"""The consume loop on a broker that fails it: nothing is lost, and the loop goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_lock import WriteLock, open_files_in

from common.adapters.brokers import queue_file
from common.adapters.brokers.sqlite import SqliteBroker
from common.errors import InvalidInput, Unavailable
from common.messages import JOBS
from common.runtime import worker as module
from common.runtime.backoff import Backoff
from common.runtime.worker import Worker

PATIENCE_SECONDS = 20.0
TRIES = 20
Answers = Sequence[Exception | None]


class Outages:
    """Hardly a delay, and a note of every failure that asked for one."""

    def __init__(self) -> None:
        self.failures: list[int] = []
        self.enough = threading.Event()

    def delay(self, attempt: int) -> float:
        self.failures.append(attempt)
        if len(self.failures) >= TRIES:
            self.enough.set()
        return 0.001


@pytest.fixture
def outages(monkeypatch: pytest.MonkeyPatch) -> Outages:
    made = Outages()
    monkeypatch.setattr(module, "OUTAGE", made)
    monkeypatch.setattr(module, "FAULT", Backoff(first_seconds=0.001, limit_seconds=0.001, attempts=5))
    monkeypatch.setattr(queue_file, "BUSY_SECONDS", 0)
    return made


@pytest.fixture
def queue(outages: Outages, tmp_path: Path) -> Iterator[SqliteBroker]:
    broker = SqliteBroker(tmp_path / "queue.db")
    yield broker
    broker.close()


@pytest.fixture
def lock(queue: SqliteBroker, tmp_path: Path) -> Iterator[WriteLock]:
    made = WriteLock(tmp_path / "queue.db")
    yield made
    made.close()


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
        assert thread.is_alive(), "the loop has ended by itself"
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def counts(broker: SqliteBroker) -> tuple[int, int, int]:
    state = broker.state(JOBS)
    return state.ready, state.unacked, state.dead


def test_a_queue_that_cannot_be_written_is_tried_ever_more_slowly_until_it_can(
    queue: SqliteBroker, lock: WriteLock, outages: Outages, tmp_path: Path
) -> None:
    queue.publish(JOBS, b"job")
    seen: list[bytes] = []
    again = threading.Event()

    def handle(bodies: Sequence[bytes]) -> Answers:
        seen.extend(bodies)
        if len(seen) == 1:
            lock.take()
        else:
            again.set()
        return [None] * len(bodies)

    with running(Worker(broker=queue, queue=JOBS, handle=handle)):
        assert outages.enough.wait(PATIENCE_SECONDS)
        lock.close()
        assert again.wait(PATIENCE_SECONDS)
    assert outages.failures[:TRIES] == list(range(1, TRIES + 1))
    assert seen == [b"job", b"job"]
    assert counts(queue) == (0, 0, 0)
    assert open_files_in(tmp_path / "queue.db.consumers") == []


def test_stopping_while_the_queue_cannot_be_written_is_no_error(
    queue: SqliteBroker, lock: WriteLock, outages: Outages
) -> None:
    queue.publish(JOBS, b"job")
    stop = threading.Event()

    def handle(bodies: Sequence[bytes]) -> Answers:
        lock.take()
        stop.set()
        return [None] * len(bodies)

    Worker(broker=queue, queue=JOBS, handle=handle).run(stop)
    lock.close()
    delivery = queue.subscribe(JOBS, prefetch=1).receive(0)
    assert delivery is not None
    assert (delivery.body, delivery.attempt) == (b"job", 2)


def reject_all(bodies: Sequence[bytes]) -> Answers:
    return [InvalidInput("no picture")] * len(bodies)


def rejecting(
    queue: SqliteBroker, on_rejected: Callable[[bytes, Exception], None], *, until: threading.Event
) -> tuple[int, int, int]:
    """Reject two messages until `until`; the queue afterwards."""
    for body in (b"first", b"second"):
        queue.publish(JOBS, body)
    with running(Worker(broker=queue, queue=JOBS, handle=reject_all, batch=2, on_rejected=on_rejected)):
        assert until.wait(PATIENCE_SECONDS)
    return counts(queue)


def test_a_rejection_that_cannot_be_told_comes_again_until_it_can(queue: SqliteBroker, outages: Outages) -> None:
    tried: list[bytes] = []
    told: list[bytes] = []
    done = threading.Event()

    def on_rejected(body: bytes, error: Exception) -> None:
        tried.append(body)
        if tried.count(body) < 8:
            raise Unavailable("the broker does not answer")
        told.append(body)
        if len(told) == 2:
            done.set()

    assert rejecting(queue, on_rejected, until=done) == (0, 0, 2)
    assert sorted(told) == [b"first", b"second"]
    assert {letter.reason for letter in queue.dead_letters(JOBS)} == {"invalid_input: no picture"}


def test_a_rejection_whose_telling_is_broken_ends_after_five_attempts(queue: SqliteBroker, outages: Outages) -> None:
    tried: list[bytes] = []
    done = threading.Event()

    def on_rejected(body: bytes, error: Exception) -> None:
        tried.append(body)
        if len(tried) == 10:
            done.set()
        raise ZeroDivisionError("surprise")

    assert rejecting(queue, on_rejected, until=done) == (0, 0, 2)
    assert sorted(tried) == [b"first"] * 5 + [b"second"] * 5
