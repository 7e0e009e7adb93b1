"""The queues in RabbitMQ, as they are declared: once, here, so that everybody declares the same.

For each queue Q:

    maskwatch.Q                        what waits; a quorum queue
    maskwatch.Q.delay.{1,4,16,long}    retries that wait for their time, by how long they wait
    maskwatch.Q.dead                   what was given up, with the reason in a header

Quorum queues dead-letter at least once here: a message leaves one queue when the next has confirmed it.
"""

from __future__ import annotations

from typing import Any

import structlog
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

log = structlog.get_logger(__name__)

DEAD_EXCHANGE = "maskwatch.dead"
DELIVERY_LIMIT = 20  # a message that killed so many consumers kills no more; retries of ours do not count
PRECONDITION_FAILED = 406  # AMQP 0-9-1: it exists, with other arguments
NO_LIMIT = 1_000_000_000  # dead letters are looked at by taking and returning them; -1 is unknown to 3.x
# Only the head of a queue expires, so a short wait must never stand behind a long one: a message is late by
# at most its bucket's width. The longest backoff of a worker is 12 s.
BUCKETS_SECONDS = (1, 4, 16)


def main_queue(queue: str) -> str:
    """What waits."""
    return f"maskwatch.{queue}"


def dead_queue(queue: str) -> str:
    """What was given up."""
    return f"maskwatch.{queue}.dead"


def delay_queue(queue: str, seconds: float) -> str:
    """Where a retry waits that long."""
    bucket = next((str(limit) for limit in BUCKETS_SECONDS if seconds <= limit), "long")
    return f"maskwatch.{queue}.delay.{bucket}"


def delay_queues(queue: str) -> list[str]:
    """All of them."""
    return [delay_queue(queue, seconds) for seconds in (*BUCKETS_SECONDS, float("inf"))]


class Topology:
    """Declares a queue with its companions the first time a channel uses it. Belongs to the channel's thread."""

    def __init__(self) -> None:
        self._channel: BlockingChannel | None = None
        self._declared: set[str] = set()

    def ensure(self, channel: BlockingChannel, queue: str) -> None:
        """Nothing happens when this channel did so before."""
        if channel is not self._channel:
            self._channel, self._declared = channel, set()
        if queue not in self._declared:
            _declare(channel, queue)
            self._declared.add(queue)

    def forget(self) -> None:
        """Somebody deleted a queue: declare again next time."""
        self._declared.clear()


def _declare(channel: BlockingChannel, queue: str) -> None:
    channel.exchange_declare(DEAD_EXCHANGE, exchange_type="direct", durable=True)
    _declare_quorum(channel, dead_queue(queue), {"x-delivery-limit": NO_LIMIT})
    channel.queue_bind(dead_queue(queue), DEAD_EXCHANGE, routing_key=queue)
    main = {"x-delivery-limit": DELIVERY_LIMIT, **_dead_lettering(DEAD_EXCHANGE, queue)}
    _declare_main(channel, main_queue(queue), main)
    for name in delay_queues(queue):
        _declare_quorum(channel, name, _dead_lettering("", main_queue(queue)))


def _declare_main(channel: BlockingChannel, name: str, arguments: dict[str, Any]) -> None:
    """A queue that an earlier version declared otherwise, for one active consumer, is used as it is."""
    attempt = channel.connection.channel()  # a refusal closes the channel that it was asked on
    try:
        _declare_quorum(attempt, name, arguments)
        attempt.close()
    except ChannelClosedByBroker as exc:
        if exc.reply_code != PRECONDITION_FAILED:
            raise
        log.warning("queue.of_earlier_version", queue=name, advice="delete it once it is empty", error=exc.reply_text)


def _declare_quorum(channel: BlockingChannel, name: str, arguments: dict[str, Any]) -> None:
    channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum", **arguments})


def _dead_lettering(exchange: str, routing_key: str) -> dict[str, Any]:
    return {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": routing_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # the strategy demands it; none of these queues has a bound
    }
