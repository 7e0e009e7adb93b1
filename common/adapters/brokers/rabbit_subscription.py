"""A consumer of RabbitMQ: one thread owns the connection, any thread settles through it."""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError

from common.adapters.brokers.rabbit_connection import connect, translated
from common.adapters.brokers.rabbit_message import attempt_of
from common.adapters.brokers.rabbit_topology import Topology, main_queue
from common.errors import MaskwatchError, Unavailable

IDLE_SECONDS = 5.0  # how long the thread waits for the server before it looks at its heartbeats by itself
STOP_SECONDS = 10.0  # longest wait for the server's goodbye; a message not acked by then is delivered again


@dataclass(frozen=True, kw_only=True)
class Postman:
    """How a delivery leaves other than by an ack: published elsewhere first, confirmed, then acked here."""

    postpone: Callable[[bytes, pika.BasicProperties, float], None]
    bury: Callable[[bytes, pika.BasicProperties, str], None]


class RabbitSubscription:
    """See common/ports/broker.py. A lost connection is told by `receive`; it never connects twice."""

    def __init__(self, *, to: pika.URLParameters, queue_name: str, prefetch: int, postman: Postman) -> None:
        self._to = to
        self._queue_name = queue_name
        self._prefetch = prefetch
        self._postman = postman
        self._inbox: queue.SimpleQueue[RabbitDelivery | None] = queue.SimpleQueue()  # None: lost or closed
        self._lost: MaskwatchError | None = None
        self._closing = threading.Event()
        self._unsettled = 0  # touched by the thread alone, read by anybody
        opened: Future[BlockingConnection] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(opened,), name=f"rabbit-consumer-{queue_name}", daemon=True
        )
        self._thread.start()
        self._connection = opened.result()

    @property
    def unsettled(self) -> int:
        """Messages received by this consumer and not settled yet."""
        return self._unsettled

    @property
    def is_over(self) -> bool:
        """Whether its thread has ended."""
        return not self._thread.is_alive()

    def receive(self, timeout: float) -> RabbitDelivery | None:
        """The next message, or None after `timeout` seconds; raises Unavailable once the connection is lost."""
        if self._lost is not None:  # what lies in the inbox goes to others now
            raise self._lost
        try:
            delivery = self._inbox.get(timeout=timeout) if timeout > 0 else self._inbox.get_nowait()
        except queue.Empty:
            return None
        if delivery is None:
            self._inbox.put(None)  # for the next call
            if self._lost is not None:
                raise self._lost
        return delivery

    def close(self) -> None:
        """Send the acks that wait, then disconnect: the server returns the rest to the queue."""
        self._closing.set()
        with contextlib.suppress(AMQPError):
            self._connection.add_callback_threadsafe(lambda: None)  # wakes the thread, after the acks before it
        self._thread.join(STOP_SECONDS)

    def settle(self, tag: int) -> None:
        """Ack, in the connection's thread."""
        try:
            self._connection.add_callback_threadsafe(functools.partial(self._ack, tag))
        except AMQPError as exc:
            raise Unavailable(f"the connection that delivered from {self._queue_name} is lost") from exc

    def _run(self, opened: Future[BlockingConnection]) -> None:
        try:
            connection = connect(self._to)
        except Exception as exc:  # noqa: BLE001  # it belongs to whoever subscribes, whatever it is
            opened.set_exception(exc)
            return
        try:
            with translated(self._to):
                self._channel = self._consume(connection)
                opened.set_result(connection)
                while not self._closing.is_set() and self._lost is None:
                    connection.process_data_events(time_limit=IDLE_SECONDS)
                connection.process_data_events(time_limit=0)  # acks that came with the wish to close
        except MaskwatchError as exc:
            self._lost = exc
            if not opened.done():
                opened.set_exception(exc)
        finally:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()
            self._inbox.put(None)

    def _consume(self, connection: BlockingConnection) -> BlockingChannel:
        channel = connection.channel()
        Topology().ensure(channel, self._queue_name)
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.add_on_cancel_callback(self._on_cancel)
        channel.basic_consume(main_queue(self._queue_name), self._on_message)
        return channel

    def _on_message(self, _channel: BlockingChannel, method: Any, found: pika.BasicProperties, body: bytes) -> None:
        self._unsettled += 1
        self._inbox.put(
            RabbitDelivery(
                subscription=self, postman=self._postman, tag=method.delivery_tag, properties=found, body=body
            )
        )

    def _on_cancel(self, _frame: Any) -> None:
        # The server ended it: the queue was deleted, or its leader moved.
        self._lost = Unavailable(f"RabbitMQ ended the consumer of {self._queue_name}")

    def _ack(self, tag: int) -> None:
        self._channel.basic_ack(tag)
        self._unsettled -= 1


class RabbitDelivery:
    """One message in hand."""

    def __init__(
        self,
        *,
        subscription: RabbitSubscription,
        postman: Postman,
        tag: int,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._subscription = subscription
        self._postman = postman
        self._tag = tag
        self._properties = properties
        self._body = body

    @property
    def body(self) -> bytes:
        return self._body

    @property
    def attempt(self) -> int:
        return attempt_of(self._properties)

    def ack(self) -> None:
        self._subscription.settle(self._tag)

    def retry(self, *, after: float) -> None:
        self._postman.postpone(self._body, self._properties, after)
        self._subscription.settle(self._tag)

    def reject(self, reason: str) -> None:
        self._postman.bury(self._body, self._properties, reason)
        self._subscription.settle(self._tag)
