"""How a console's installation is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.api.shapes.system import CountAnswer, DeadLetterAnswer, SystemAnswer
from maskwatch.client.connection import Connection, named


class System:
    """Services, leases, queues, storage."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> SystemAnswer:
        """All of it."""
        return self._connection.read(SystemAnswer, "GET", "system")


class Queues:
    """What was given up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def dead_letters(self, queue: str, *, limit: int | None = None) -> list[DeadLetterAnswer]:
        """Of one queue, with their reasons."""
        path = named("queues/{}/dead-letters", queue)
        found = self._connection.json("GET", path, query={"limit": limit})
        return [DeadLetterAnswer.model_validate(one) for one in found["items"]]

    def replay(self, queue: str, ids: Sequence[str] | None = None) -> CountAnswer:
        """Put them back into the queue; `ids`: only these."""
        return self._do(queue, "replay", ids)

    def purge(self, queue: str, ids: Sequence[str] | None = None) -> CountAnswer:
        """Delete them."""
        return self._do(queue, "purge", ids)

    def _do(self, queue: str, what: str, ids: Sequence[str] | None) -> CountAnswer:
        body: dict[str, Any] | None = None if ids is None else {"ids": list(ids)}
        path = named("queues/{}/dead-letters/", queue) + what
        return self._connection.read(CountAnswer, "POST", path, json=body)
