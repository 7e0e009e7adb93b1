"""Where `maskwatch queues` works: on the broker here, which needs nothing else, or by a console elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol

from common.errors import InvalidInput
from common.messages import QUEUES
from common.ports.broker import Broker
from common.ports.clock import utc_now
from maskwatch.cli.desk import desk
from maskwatch.cli.output import row_of
from maskwatch.cli.server import chosen_server
from maskwatch.cli.state import adapters
from maskwatch.client import Client

Row = dict[str, Any]


class QueueDesk(Protocol):
    """Backlog and dead letters. Raises InvalidInput for a queue that is none."""

    def states(self) -> list[Row]: ...
    def dead_letters(self, queue: str, *, limit: int) -> list[Row]: ...
    def replay(self, queue: str, *, only: list[str] | None) -> int: ...
    def purge(self, queue: str, *, only: list[str] | None) -> int: ...


@contextmanager
def queue_desk() -> Iterator[QueueDesk]:
    """The one to work with."""
    if chosen_server():
        with desk() as api:
            yield QueuesThere(api)
    else:
        with adapters() as opened:
            yield QueuesHere(opened.broker)


class QueuesHere:
    """The broker's own words: they are told while the database is away, too."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def states(self) -> list[Row]:
        """Of every queue."""
        return [asdict(self._broker.state(queue)) for queue in QUEUES]

    def dead_letters(self, queue: str, *, limit: int) -> list[Row]:
        """With their reason and age."""
        now = utc_now()
        found = self._broker.dead_letters(known(queue), limit=limit)
        return [
            {
                "id": letter.id,
                "at": letter.at,
                "age_seconds": None if letter.at is None else round(max(0.0, (now - letter.at).total_seconds()), 1),
                "reason": letter.reason,
                "body": letter.body.decode(errors="replace"),
            }
            for letter in found
        ]

    def replay(self, queue: str, *, only: list[str] | None) -> int:
        """How many were."""
        return self._broker.replay(known(queue), only=only)

    def purge(self, queue: str, *, only: list[str] | None) -> int:
        """How many were."""
        return self._broker.purge(known(queue), only=only)


class QueuesThere:
    """As a console tells it."""

    def __init__(self, api: Client) -> None:
        self._api = api

    def states(self) -> list[Row]:
        """Of every queue."""
        return [row_of(queue) for queue in self._api.system.get().queues]

    def dead_letters(self, queue: str, *, limit: int) -> list[Row]:
        """With their reason and age."""
        return [row_of(letter) for letter in self._api.queues.dead_letters(known(queue), limit=limit)]

    def replay(self, queue: str, *, only: list[str] | None) -> int:
        """How many were."""
        return self._api.queues.replay(known(queue), only).count

    def purge(self, queue: str, *, only: list[str] | None) -> int:
        """How many were."""
        return self._api.queues.purge(known(queue), only).count


def known(queue: str) -> str:
    """Raises InvalidInput for a queue that is none."""
    if queue not in QUEUES:
        raise InvalidInput(f"no queue {queue!r}; there are {', '.join(QUEUES)}")
    return queue
