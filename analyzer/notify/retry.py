"""When a message is tried again, and when that is given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 1800.0
GIVE_UP = timedelta(hours=24)  # news of yesterday is no alarm; it stays visible as given up

Jitter = Callable[[], float]  # 0..1: so that all that waited for one receiver does not come back at once


def next_try(*, attempts: int, now: datetime, retry_after_seconds: float | None, jitter: Jitter) -> datetime:
    """After so many failures: exponential backoff with full jitter above its half, never before the receiver's word."""
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempts - 1, 20))
    wait = longest * (0.5 + 0.5 * jitter())
    return now + timedelta(seconds=max(wait, retry_after_seconds or 0.0))


def is_hopeless(*, created_at: datetime, due_at: datetime) -> bool:
    """Whether the next try would come too late to be worth it."""
    return due_at - created_at > GIVE_UP
