"""Who is told, when not, and the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from common.domain.notification import Notification, NotificationState
from common.domain.receiver import Receiver
from common.domain.silence import Silence


class Receivers(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Receiver]: ...
    def get(self, receiver_id: str) -> Receiver: ...
    def find(self, name: str) -> Receiver | None: ...
    def add(self, receiver: Receiver) -> None: ...
    def update(self, receiver: Receiver) -> None: ...
    def remove(self, receiver_id: str) -> None: ...


class Silences(Protocol):
    """Newest first by `starts_at` in `list`. `get` and `remove` raise NotFound."""

    def list(self, *, ending_after: datetime | None = None, limit: int | None = None) -> list[Silence]: ...
    def get(self, silence_id: str) -> Silence: ...
    def save(self, silence: Silence) -> None:
        """Add or replace."""

    def remove(self, silence_id: str) -> None: ...


class Notifications(Protocol):
    """The outbox."""

    def add(self, notification: Notification) -> bool:
        """False, and nothing changed, when its key is known already."""

    def claim(
        self, *, now: datetime, until: datetime, limit: int, except_receivers: Iterable[str] = ()
    ) -> list[Notification]:
        """Queued ones that are due and in nobody's hand, oldest first; they are the caller's until `until`."""

    def hold(self, notification_ids: Iterable[str]) -> list[Notification]:
        """The queued ones of these as they are now, but those that somebody else holds or claims at this moment."""

    def count_sent(self, receiver_id: str, *, since: datetime) -> int:
        """How many the receiver got at that time or later."""

    def save(self, notification: Notification) -> None:
        """Replace."""

    def get(self, notification_id: str) -> Notification: ...
    def of_group(self, group_id: str) -> list[Notification]:
        """Oldest first; of very many the newest."""

    def list(
        self,
        *,
        receiver_id: str | None = None,
        state: NotificationState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Notification]:
        """Newest first by `created_at`; `after` inclusive, `before` exclusive."""
