"""The broker on RabbitMQ, 3.10 or later, by pika."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import TypeVar

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import NackError, UnroutableError

from common.adapters.brokers import rabbit_dead
from common.adapters.brokers import rabbit_message as message
from common.adapters.brokers.rabbit_connection import parameters
from common.adapters.brokers.rabbit_link import Link
from common.adapters.brokers.rabbit_subscription import Postman, RabbitSubscription
from common.adapters.brokers.rabbit_topology import (
    DEAD_EXCHANGE,
    Topology,
    dead_queue,
    delay_queue,
    delay_queues,
    main_queue,
)
from common.errors import Unavailable
from common.ports.broker import DeadLetter, QueueState
from common.ports.clock import Clock, utc_now

Result = TypeVar("Result")


class RabbitBroker:
    """See common/ports/broker.py. One connection publishes and administers, each subscription has its own.

    `state` knows the unacked messages of this process only, and no ages: AMQP tells neither. What a consumer had in
    hand when it ended comes back behind what others have received by then.
    """

    def __init__(self, to: pika.URLParameters, *, clock: Clock = utc_now) -> None:
        self._to = to
        self._clock = clock
        self._link = Link(to)
        self._topology = Topology()  # of the link's channel
        self._subscriptions: list[tuple[str, RabbitSubscription]] = []

    @classmethod
    def from_url(cls, url: str) -> RabbitBroker:
        """`amqp(s)://user:password@host:port/vhost`; connects when it is first used."""
        return cls(parameters(url))

    def publish(self, queue: str, body: bytes) -> None:
        """Return once a majority of the queue's replicas has it on disk."""
        self._publish(queue, "", main_queue(queue), body, message.properties(published_at=self._clock()))

    def subscribe(self, queue: str, *, prefetch: int) -> RabbitSubscription:
        """Receive from the queue."""
        postman = Postman(postpone=functools.partial(self._postpone, queue), bury=functools.partial(self._bury, queue))
        subscription = RabbitSubscription(to=self._to, queue_name=queue, prefetch=prefetch, postman=postman)
        alive = [(name, each) for name, each in self._subscriptions if not each.is_over]
        self._subscriptions = [*alive, (queue, subscription)]
        return subscription

    def state(self, queue: str) -> QueueState:
        def look(channel: BlockingChannel) -> QueueState:
            waiting = [main_queue(queue), *delay_queues(queue)]
            return QueueState(
                queue=queue,
                ready=sum(rabbit_dead.length(channel, name) for name in waiting),
                unacked=sum(each.unsettled for name, each in self._subscriptions if name == queue and not each.is_over),
                dead=rabbit_dead.length(channel, dead_queue(queue)),
                oldest_age_seconds=None,
            )

        return self._call(queue, look)

    def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        """Taken and put back: looking costs the queue a few writes."""
        return self._call(queue, functools.partial(rabbit_dead.look, queue=queue, limit=limit))

    def replay(self, queue: str, *, only: Collection[str] | None = None) -> int:
        return self._call(queue, functools.partial(rabbit_dead.replay, queue=queue, only=only, at=self._clock()))

    def purge(self, queue: str, *, only: Collection[str] | None = None) -> int:
        return self._call(queue, functools.partial(rabbit_dead.purge, queue=queue, only=only))

    def check(self) -> None:
        self._link.call(lambda channel: channel.exchange_declare(DEAD_EXCHANGE, exchange_type="direct", durable=True))

    def close(self) -> None:
        """Subscriptions first: what they settle last goes through the link."""
        for _queue, subscription in self._subscriptions:
            subscription.close()
        self._link.close()

    def _postpone(self, queue: str, body: bytes, found: pika.BasicProperties, after: float) -> None:
        properties = message.properties(
            published_at=message.published_at(found, otherwise=self._clock()),
            attempt=message.attempt_of(found),
            expires_after=after,
        )
        self._publish(queue, "", delay_queue(queue, after), body, properties)

    def _bury(self, queue: str, body: bytes, found: pika.BasicProperties, reason: str) -> None:
        now = self._clock()
        properties = message.properties(
            published_at=message.published_at(found, otherwise=now),
            attempt=message.attempt_of(found),
            headers={message.REASON: reason, message.DEAD_AT: now.isoformat()},
        )
        self._publish(queue, DEAD_EXCHANGE, queue, body, properties)

    def _publish(
        self, queue: str, exchange: str, routing_key: str, body: bytes, properties: pika.BasicProperties
    ) -> None:
        self._call(
            queue, lambda channel: channel.basic_publish(exchange, routing_key, body, properties, mandatory=True)
        )

    def _call(self, queue: str, work: Callable[[BlockingChannel], Result]) -> Result:
        def do(channel: BlockingChannel) -> Result:
            self._topology.ensure(channel, queue)
            try:
                return work(channel)
            except (UnroutableError, NackError) as exc:
                self._topology.forget()  # if the queue was deleted, the next try makes it again
                raise Unavailable(f"RabbitMQ did not take the message for {queue}") from exc

        return self._link.call(do)
