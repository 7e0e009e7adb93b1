"""system and its queues"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class SystemAnswer(BaseModel):
    """How the installation is doing."""

    ready: bool
    attention: list[dict[str, Any]]
    checks: dict[str, str]
    workers: list[dict[str, Any]]
    leases: list[dict[str, Any]]
    queues: list[dict[str, Any]]
    cameras: dict[str, int]
    lag: dict[str, float | None]
    storage: dict[str, Any] | None
    headroom: dict[str, Any]
    models: dict[str, Any]
    versions: dict[str, str]


class DeadLetterAnswer(BaseModel):
    """A message that was given up."""

    id: str
    reason: str
    at: datetime | None


class CountAnswer(BaseModel):
    """How many."""

    count: int
