"""What replicas must agree on for a while: leases, who is alive, small values that lapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to do something alone until it lapses."""

    name: str
    owner: str
    token: int  # grows each time the lease changes hands: whoever carries a smaller one has been replaced


class Coordination(Protocol):
    """Every time-to-live is in seconds; thread-safe; raises common.errors.Unavailable when it cannot be reached."""

    def acquire(self, name: str, owner: str, *, ttl: float) -> Lease | None:
        """Take the lease, or extend it when `owner` holds it already (same token); None when somebody else does."""

    def release(self, name: str, owner: str) -> None:
        """Give it up at once; nothing happens when `owner` does not hold it."""

    def leases(self, prefix: str = "") -> dict[str, Lease]:
        """The leases held now, by name."""

    def announce(self, group: str, member: str, *, ttl: float, info: str = "") -> None:
        """Be a member of the group until the heartbeat lapses."""

    def withdraw(self, group: str, member: str) -> None:
        """Stop being a member at once."""

    def members(self, group: str) -> dict[str, str]:
        """The members alive, with what each said of itself."""

    def put(self, key: str, value: bytes, *, ttl: float) -> None: ...
    def get(self, key: str) -> bytes | None: ...
    def get_many(self, keys: list[str]) -> list[bytes | None]:
        """In the order of `keys`."""

    def add(self, key: str, number: int, *, ttl: float) -> int:
        """Add to the whole number kept there (0 where there is none), at once for all replicas; what it is then."""

    def check(self) -> None:
        """Raise Unavailable unless it can be used now."""

    def close(self) -> None: ...
