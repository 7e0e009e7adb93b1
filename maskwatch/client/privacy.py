"""What a console keeps, and what was erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.api.shapes.privacy import ErasedAnswer, ErasureAnswer, RetentionAnswer
from maskwatch.client.connection import Connection, named


class Privacy:
    """Retention and erasures."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def retention(self) -> RetentionAnswer:
        """How long what is kept."""
        return self._connection.read(RetentionAnswer, "GET", "privacy/retention")

    def erasures(self) -> Iterator[ErasureAnswer]:
        """The ledger, the newest first."""
        return self._connection.pages(ErasureAnswer, "privacy/erasures")

    def erasure(self, erasure_id: str) -> ErasureAnswer:
        """One of them."""
        return self._connection.read(ErasureAnswer, "GET", named("privacy/erasures/{}", erasure_id))

    def erase(self, **fields: Any) -> ErasureAnswer:
        """Ask for one; it is done within minutes."""
        return self._connection.read(ErasureAnswer, "POST", "privacy/erasures", json=fields)

    def preview(self, **fields: Any) -> ErasedAnswer:
        """How much that would erase."""
        return self._connection.read(ErasedAnswer, "POST", "privacy/erasures/preview", json=fields)
