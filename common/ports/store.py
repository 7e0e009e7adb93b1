"""Pictures by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


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

    def check(self) -> None:
        """Raise Unavailable unless the store can be used now."""

    def close(self) -> None: ...
