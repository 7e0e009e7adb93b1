"""Queues that lose nothing: at least once, in order of publishing unless a delivery is retried."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A queue as it stands."""

    queue: str
    ready: int  # waiting, retries that wait for their time included
    unacked: int  # handed out, not settled
    dead: int  # dead letters
    oldest_age_seconds: float | None  # of the oldest message waiting; None when empty or unknown


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message that was given up."""

    queue: str
    body: bytes
    reason: str
    at: datetime | None

    @property
    def id(self) -> str:
        """The same whenever it is looked at: made of what it says and when it was given up."""
        return hashlib.sha256(f"{self.at and self.at.isoformat()} ".encode() + self.body).hexdigest()[:16]


class Delivery(Protocol):
    """One message in hand. Settle it exactly once; thread-safe. One never settled is delivered again."""

    @property
    def body(self) -> bytes: ...
    @property
    def attempt(self) -> int:
        """1 on the first delivery. Grows with every retry and every redelivery after a crash."""

    def ack(self) -> None: ...
    def retry(self, *, after: float) -> None:
        """Deliver it again, not before `after` seconds."""

    def reject(self, reason: str) -> None:
        """Move it to the dead letters with the reason."""


class Subscription(Protocol):
    """A consumer of one queue; one thread receives, any thread settles."""

    def receive(self, timeout: float) -> Delivery | None:
        """The next message, or None after `timeout` seconds of idling: look at the stop flag."""

    def close(self) -> None:
        """Stop consuming. What was received and not settled goes back to the queue."""


class Broker(Protocol):
    """A broker; `publish` and `subscribe` may be called from any thread.

    Every call raises common.errors.Unavailable when the server does not answer, and works again once it does:
    the adapter reconnects, its caller only decides when to try again.
    """

    def publish(self, queue: str, body: bytes) -> None:
        """Return once the message is safe (on disk, or confirmed by the server)."""

    def subscribe(self, queue: str, *, prefetch: int) -> Subscription:
        """Receive from the queue, beside any number of others, with at most `prefetch` unsettled."""

    def state(self, queue: str) -> QueueState: ...
    def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        """Look at them; they stay where they are."""

    def replay(self, queue: str, *, only: Collection[str] | None = None) -> int:
        """Put dead letters back in their queue, all or those with these ids; how many."""

    def purge(self, queue: str, *, only: Collection[str] | None = None) -> int:
        """Delete dead letters, all or those with these ids; how many."""

    def check(self) -> None:
        """Raise Unavailable unless the broker can be used now."""

    def close(self) -> None: ...
