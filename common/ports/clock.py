"""Time and identity, injected like anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

Clock = Callable[[], datetime]  # timezone-aware
NewId = Callable[[], str]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random identifier: 12 hex digits, unique enough per installation and short enough to read out."""
    return uuid4().hex[:12]
