"""The only consume loop: receive a batch, hand it over, settle every message."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from common.errors import Overloaded, PermanentError, TransientError, Unavailable
from common.ports.broker import Broker, Delivery, Subscription
from common.runtime.backoff import Backoff

log = structlog.get_logger(__name__)

# One answer per message, in order: None (done), or why not. Raising answers for the whole batch.
Handle = Callable[[Sequence[bytes]], Sequence[Exception | None]]
OnRejected = Callable[[bytes, Exception], None]

IDLE_SECONDS = 0.5  # how often an idle worker looks at the stop flag
OUTAGE = Backoff(first_seconds=0.5, limit_seconds=10)  # a server is away: come back for ever
FAULT = Backoff(first_seconds=1, limit_seconds=10, attempts=5)  # our own surprise: a poison message must end


class Worker:
    """Consumes one queue until told to stop.

    A transient error is retried for ever with backoff (what waits may expire, but that is its handler's
    decision); a permanent one goes to the dead letters at once; an unexpected one after five attempts.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        queue: str,
        handle: Handle,
        batch: int = 1,
        linger_seconds: float = 0.02,
        on_rejected: OnRejected | None = None,
    ) -> None:
        """`batch`: most messages in one call; `linger_seconds`: how long a begun batch waits for more."""
        self._broker = broker
        self._queue = queue
        self._handle = handle
        self._batch = batch
        self._linger_seconds = linger_seconds
        self._on_rejected = on_rejected

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; what is in hand is finished first, the rest returned."""
        failures = 0  # in a row: one round that went well, an idle one too, ends it
        while not stop.is_set():
            try:
                with self._subscribed() as subscription:
                    while not stop.is_set():
                        self._work(subscription)
                        failures = 0
            except Unavailable as exc:
                failures += 1
                log.warning("queue.unavailable", queue=self._queue, error=str(exc))
                stop.wait(OUTAGE.delay(failures))

    @contextmanager
    def _subscribed(self) -> Iterator[Subscription]:
        # Twice the batch: the next one is here while this one is worked on.
        subscription = self._broker.subscribe(self._queue, prefetch=2 * self._batch)
        try:
            yield subscription
        finally:
            try:
                subscription.close()
            except Unavailable as exc:
                # What it held comes back by itself, once the broker works again and sees that nobody has it.
                log.warning("queue.not_returned", queue=self._queue, error=str(exc))

    def _work(self, subscription: Subscription) -> None:
        deliveries = self._receive(subscription)
        if deliveries:
            self._settle(deliveries, self._answers([delivery.body for delivery in deliveries]))

    def _receive(self, subscription: Subscription) -> list[Delivery]:
        first = subscription.receive(IDLE_SECONDS)
        if first is None:
            return []
        deliveries, deadline = [first], time.monotonic() + self._linger_seconds
        while len(deliveries) < self._batch:
            delivery = subscription.receive(max(0.0, deadline - time.monotonic()))
            if delivery is None:
                break
            deliveries.append(delivery)
        return deliveries

    def _answers(self, bodies: list[bytes]) -> Sequence[Exception | None]:
        try:
            answers = self._handle(bodies)
        except Exception as exc:  # noqa: BLE001  # whatever it is, the messages must be settled and the loop go on
            return [exc] * len(bodies)
        if len(answers) != len(bodies):
            return [RuntimeError(f"{len(answers)} answers for {len(bodies)} messages")] * len(bodies)
        return answers

    def _settle(self, deliveries: list[Delivery], answers: Sequence[Exception | None]) -> None:
        for delivery, answer in zip(deliveries, answers, strict=True):
            if answer is None:
                delivery.ack()
            elif (delay := _retry_delay(answer, delivery.attempt)) is not None:
                self._retry(delivery, answer, delay)
            else:
                self._reject(delivery, answer)

    def _retry(self, delivery: Delivery, error: Exception, delay: float) -> None:
        fields = {"queue": self._queue, "attempt": delivery.attempt, "error": str(error)}
        log.warning("message.retried", after_seconds=round(delay, 2), **fields)
        delivery.retry(after=delay)

    def _reject(self, delivery: Delivery, error: Exception) -> None:
        fields = {"queue": self._queue, "attempt": delivery.attempt, "error": str(error)}
        try:
            if self._on_rejected is not None:
                self._on_rejected(delivery.body, error)
        except Exception as exc:  # as above: it must be settled and the loop go on
            delay = _retry_delay(exc, delivery.attempt)
            if delay is not None:  # it comes again, so that nothing becomes a dead letter that nobody was told of
                self._retry(delivery, exc, delay)
                return
            log.error("message.rejected_untold", exc_info=exc, **fields)
        log.error("message.rejected", exc_info=None if isinstance(error, PermanentError) else error, **fields)
        delivery.reject(f"{getattr(error, 'code', type(error).__name__)}: {error}")


def _retry_delay(error: Exception, attempt: int) -> float | None:
    if isinstance(error, PermanentError):
        return None
    delay = (OUTAGE if isinstance(error, TransientError) else FAULT).delay(attempt)
    if delay is not None and isinstance(error, Overloaded):
        return max(delay, error.retry_after_seconds)  # it knows better when there is room
    return delay
