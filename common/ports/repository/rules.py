"""Rules, and the events that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from common.domain.event import Event, EventState
from common.domain.rule import Rule


class Rules(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Rule]: ...
    def get(self, rule_id: str) -> Rule: ...
    def add(self, rule: Rule) -> None: ...
    def update(self, rule: Rule) -> None: ...
    def remove(self, rule_id: str) -> None: ...


class Events(Protocol):
    """At most one open (pending or firing) event per rule and camera."""

    def open(self, *, rule_id: str | None = None, camera_id: str | None = None, to_change: bool = False) -> list[Event]:
        """`to_change`: as they are now, and they stay so for others until this unit ends."""

    def save(self, event: Event) -> None:
        """Add or replace."""

    def save_many(self, events: Iterable[Event]) -> None:
        """Add or replace, in their order: one that ends comes before one that begins in its place."""

    def drop(self, event_id: str) -> None:
        """Forget a pending event whose condition ended."""

    def get(self, event_id: str) -> Event: ...
    def get_many(self, event_ids: Iterable[str]) -> dict[str, Event]:
        """Those of them that exist, by id."""

    def list(
        self,
        *,
        rule_id: str | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        state: EventState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Event]:
        """Newest first by `started_at`; `after` inclusive, `before` exclusive."""
