"""The consume loop, on the embedded broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.adapters.brokers.sqlite import SqliteBroker
from common.errors import InvalidInput, Unavailable
from common.messages import JOBS
from common.ports.broker import Broker, QueueState
from common.runtime import worker as module
from common.runtime.backoff import Backoff
from common.runtime.worker import Worker

PATIENCE_SECONDS = 20.0
AT_ONCE = Backoff(first_seconds=0.001, limit_seconds=0.001)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUTAGE", AT_ONCE)
    monkeypatch.setattr(module, "FAULT", Backoff(first_seconds=0.001, limit_seconds=0.001, attempts=5))


class Handler:
    """Remembers its batches; answers as told; tells when it has seen enough."""

    def __init__(self, answer: Callable[[bytes, int], Exception | None], *, until: int) -> None:
        self.batches: list[list[bytes]] = []
        self.enough = threading.Event()
        self._answer = answer
        self._until = until

    @property
    def seen(self) -> list[bytes]:
        return [body for batch in self.batches for body in batch]

    def __call__(self, bodies: Sequence[bytes]) -> Sequence[Exception | None]:
        self.batches.append(list(bodies))
        answers = [self._answer(body, self.seen.count(body)) for body in bodies]
        if len(self.seen) >= self._until:
            self.enough.set()
        return answers


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """In a thread, until the block ends; then what is in hand is finished."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def work(broker: Broker, handler: Handler, **options: object) -> QueueState:
    """Let a worker run until the handler has seen enough; the queue afterwards."""
    with running(Worker(broker=broker, queue=JOBS, handle=handler, **options)):
        assert handler.enough.wait(PATIENCE_SECONDS)
    return broker.state(JOBS)


def test_what_was_handled_is_gone(broker: Broker) -> None:
    for number in range(5):
        broker.publish(JOBS, b"%d" % number)
    handler = Handler(lambda body, times: None, until=5)
    state = work(broker, handler)
    assert handler.seen == [b"0", b"1", b"2", b"3", b"4"]
    assert (state.ready, state.unacked, state.dead) == (0, 0, 0)


def test_messages_come_in_batches_of_at_most_the_size_asked_for(broker: Broker) -> None:
    for number in range(7):
        broker.publish(JOBS, b"%d" % number)
    handler = Handler(lambda body, times: None, until=7)
    work(broker, handler, batch=3, linger_seconds=1.0)
    assert [len(batch) for batch in handler.batches] == [3, 3, 1]


def test_a_transient_error_is_retried_for_as_long_as_it_takes(broker: Broker) -> None:
    broker.publish(JOBS, b"job")
    handler = Handler(lambda body, times: Unavailable("away") if times < 9 else None, until=9)
    state = work(broker, handler)
    assert len(handler.seen) == 9
    assert (state.ready, state.dead) == (0, 0)


def test_a_permanent_error_goes_to_the_dead_letters_at_once(broker: Broker) -> None:
    rejected: list[tuple[bytes, str]] = []
    broker.publish(JOBS, b"bad")
    broker.publish(JOBS, b"good")
    handler = Handler(lambda body, times: InvalidInput("no picture") if body == b"bad" else None, until=2)
    state = work(broker, handler, batch=2, on_rejected=lambda body, exc: rejected.append((body, str(exc))))
    assert (state.ready, state.dead) == (0, 1)
    assert broker.dead_letters(JOBS)[0].reason == "invalid_input: no picture"
    assert rejected == [(b"bad", "no picture")]


def test_an_unexpected_error_ends_after_five_attempts(broker: Broker) -> None:
    broker.publish(JOBS, b"poison")
    seen: list[bytes] = []
    done = threading.Event()

    def handle(bodies: Sequence[bytes]) -> Sequence[Exception | None]:
        seen.extend(bodies)
        raise ZeroDivisionError("surprise")

    worker = Worker(broker=broker, queue=JOBS, handle=handle, on_rejected=lambda body, exc: done.set())
    with running(worker):
        assert done.wait(PATIENCE_SECONDS)
    assert len(seen) == 5
    assert broker.dead_letters(JOBS)[0].reason == "ZeroDivisionError: surprise"


def test_a_handler_that_answers_too_little_settles_nothing_as_done(broker: Broker) -> None:
    broker.publish(JOBS, b"job")
    calls = threading.Semaphore(0)

    def handle(bodies: Sequence[bytes]) -> Sequence[Exception | None]:
        calls.release()
        return []

    with running(Worker(broker=broker, queue=JOBS, handle=handle)):
        assert calls.acquire(timeout=PATIENCE_SECONDS)
    state = broker.state(JOBS)
    assert state.ready + state.dead == 1


def test_stopping_finishes_what_is_in_hand_and_returns_the_rest(broker: Broker) -> None:
    for body in (b"in hand", b"waiting"):
        broker.publish(JOBS, body)
    stop, started, go_on = threading.Event(), threading.Event(), threading.Event()

    def handle(bodies: Sequence[bytes]) -> Sequence[Exception | None]:
        started.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return [None] * len(bodies)

    thread = threading.Thread(target=Worker(broker=broker, queue=JOBS, handle=handle).run, args=(stop,))
    thread.start()
    assert started.wait(PATIENCE_SECONDS)
    stop.set()
    go_on.set()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    state = broker.state(JOBS)
    assert (state.ready, state.unacked) == (1, 0)


def test_a_worker_survives_an_outage_of_its_queue(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    broker = SqliteBroker(path)
    (tmp_path / "queue.db.consumers").write_text("a file where a folder must be: nobody can subscribe")
    broker.publish(JOBS, b"job")
    handler = Handler(lambda body, times: None, until=1)
    with running(Worker(broker=broker, queue=JOBS, handle=handler)):
        assert not handler.enough.wait(0.2)
        (tmp_path / "queue.db.consumers").unlink()
        assert handler.enough.wait(PATIENCE_SECONDS)
    broker.close()
