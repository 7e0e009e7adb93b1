"""Pictures by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """What a listing tells of a picture without fetching it."""

    key: str
    size_bytes: int
    modified_at: datetime  # when it was stored, by the store's clock; to the second


class ObjectStore(Protocol):
    """Bytes by key (`a/b/c.jpg`); thread-safe. Raises common.errors.Unavailable when away or full."""

    def put(self, key: str, data: bytes, *, content_type: str = "image/jpeg") -> None:
        """Store, replacing what was there; whole or not at all."""

    def get(self, key: str) -> bytes:
        """Raises common.errors.NotFound when there is no such key."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete those that exist; a missing key is no error."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with `prefix`, in ascending order."""

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        """As `list`, with size and age; page by page, so that a store of any size fits into memory.

        What is stored or deleted meanwhile may be missing or still named.
        """

    def check(self) -> None:
        """Raise Unavailable unless the store can be used now."""

    def close(self) -> None: ...
