"""Dead letters on RabbitMQ: AMQP cannot look into a queue, so they are taken, and put back where they were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from pika.adapters.blocking_connection import BlockingChannel

from common.adapters.brokers import rabbit_message as message
from common.adapters.brokers.rabbit_topology import dead_queue, main_queue
from common.ports.broker import DeadLetter

RETURN_LOOKS, RETURN_LOOK_SECONDS = 100, 0.02  # dead letters come back within milliseconds


def length(channel: BlockingChannel, name: str) -> int:
    """How many messages wait in a queue."""
    return channel.queue_declare(name, passive=True).method.message_count or 0


def look(channel: BlockingChannel, queue: str, *, limit: int) -> list[DeadLetter]:
    """The first of them."""
    with _Taken(channel, queue).put_back() as taken:
        return [letter for _tag, letter in taken.take(limit)]


def replay(channel: BlockingChannel, queue: str, *, only: Collection[str] | None, at: datetime) -> int:
    """Those chosen wait again, as if just published; how many."""
    moved = 0
    with _Taken(channel, queue).put_back() as taken:
        # As many as there are now: one that dies again meanwhile waits for the next replay.
        for tag, letter in taken.take(length(channel, dead_queue(queue))):
            if only is None or letter.id in only:
                fresh = message.properties(published_at=at)
                channel.basic_publish("", main_queue(queue), letter.body, fresh, mandatory=True)
                taken.drop(tag)
                moved += 1
    return moved


def purge(channel: BlockingChannel, queue: str, *, only: Collection[str] | None) -> int:
    """Delete those chosen; how many."""
    if only is None:
        return channel.queue_purge(dead_queue(queue)).method.message_count or 0
    deleted = 0
    with _Taken(channel, queue).put_back() as taken:
        for tag, letter in taken.take(length(channel, dead_queue(queue))):
            if letter.id in only:
                taken.drop(tag)
                deleted += 1
    return deleted


class _Taken:
    """Messages in our hand; what is left of them at the end returns, in its order."""

    def __init__(self, channel: BlockingChannel, queue: str) -> None:
        self._channel = channel
        self._queue = queue
        self._kept: list[int] = []  # tags, ascending

    def take(self, limit: int) -> Iterator[tuple[int, DeadLetter]]:
        """One after the other, at most `limit`; each is kept unless it is dropped."""
        for _ in range(limit):
            method, found, body = self._channel.basic_get(dead_queue(self._queue))
            if method is None or method.delivery_tag is None or found is None or body is None:
                return
            self._kept.append(method.delivery_tag)
            reason, at = message.death_of(found)
            yield method.delivery_tag, DeadLetter(queue=self._queue, body=body, reason=reason, at=at)

    def drop(self, tag: int) -> None:
        """It leaves the queue for good."""
        self._channel.basic_ack(tag)
        self._kept.remove(tag)

    @contextmanager
    def put_back(self) -> Iterator[_Taken]:
        """Also when the work fails."""
        try:
            yield self
        finally:
            self._return()

    def _return(self) -> None:
        if not self._kept or not self._channel.is_open:
            return
        self._channel.basic_nack(self._kept[-1], multiple=True, requeue=True)
        # They come back a moment later: whoever looks, or replays, next must find them.
        for _ in range(RETURN_LOOKS):
            if length(self._channel, dead_queue(self._queue)) >= len(self._kept):
                return
            self._channel.connection.sleep(RETURN_LOOK_SECONDS)
