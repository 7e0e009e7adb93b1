"""The only consume loop: receive a batch, hand it over, settle every message."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

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
        exclusive: bool = False,
        on_rejected: OnRejected | None = None,
    ) -> None:
        """`batch`: most messages in one call; `linger_seconds`: how long a begun batch waits for more."""
        self._broker = broker
        self._queue = queue
        self._handle = handle
        self._batch = batch
        self._linger_seconds = linger_seconds
        self._exclusive = exclusive
        self._on_rejected = on_rejected

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; what is in hand is finished first, the rest returned."""
        failures = 0
        while not stop.is_set():
            try:
                # Twice the batch: the next one is here while this one is worked on.
                subscription = self._broker.subscribe(self._queue, prefetch=2 * self._batch, exclusive=self._exclusive)
            except Unavailable as exc:
                failures += 1
                log.warning("queue.unavailable", queue=self._queue, error=str(exc))
                stop.wait(OUTAGE.delay(failures))
                continue
            failures = 0
            try:
                self._consume(subscription, stop)
            except Unavailable as exc:
                log.warning("queue.lost", queue=self._queue, error=str(exc))
            finally:
                subscription.close()

    def _consume(self, subscription: Subscription, stop: threading.Event) -> None:
        while not stop.is_set():
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
                continue
            delay = _retry_delay(answer, delivery.attempt)
            fields = {"queue": self._queue, "attempt": delivery.attempt, "error": str(answer)}
            if delay is not None:
                log.warning("message.retried", after_seconds=round(delay, 2), **fields)
                delivery.retry(after=delay)
                continue
            log.error("message.rejected", exc_info=None if isinstance(answer, PermanentError) else answer, **fields)
            if self._on_rejected is not None:
                self._on_rejected(delivery.body, answer)
            delivery.reject(f"{getattr(answer, 'code', type(answer).__name__)}: {answer}")


def _retry_delay(error: Exception, attempt: int) -> float | None:
    if isinstance(error, PermanentError):
        return None
    delay = (OUTAGE if isinstance(error, TransientError) else FAULT).delay(attempt)
    if delay is not None and isinstance(error, Overloaded):
        return max(delay, error.retry_after_seconds)  # it knows better when there is room
    return delay
