"""The outbox in the database."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import notifications
from common.domain.notification import Notification, NotificationState
from common.errors import NotFound

MOST = 500  # messages of one group looked at


class SqlNotifications:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notification: Notification) -> bool:
        statement = self._session.insert(notifications).values(to_row(notification)).on_conflict_do_nothing()
        return bool(self._session.rows(statement.returning(notifications.c.id)))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, except_receivers: Iterable[str] = ()
    ) -> builtins.list[Notification]:
        due = (
            select(notifications.c.id)
            .where(
                notifications.c.state == NotificationState.QUEUED.value,
                notifications.c.due_at <= now,
                or_(notifications.c.claimed_until.is_(None), notifications.c.claimed_until <= now),
                notifications.c.receiver_id.not_in(tuple(except_receivers)),
            )
            .order_by(notifications.c.created_at, notifications.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # another sender's are left to it
        )
        ids = [row["id"] for row in self._session.rows(due)]
        taken = update(notifications).where(notifications.c.id.in_(ids)).values(claimed_until=until)
        rows = self._session.rows(taken.returning(notifications)) if ids else []
        found = [from_row(Notification, row) for row in rows]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    def hold(self, notification_ids: Iterable[str]) -> builtins.list[Notification]:
        ids = sorted(notification_ids)
        queued = notifications.c.id.in_(ids), notifications.c.state == NotificationState.QUEUED.value
        query = select(notifications).where(*queued).order_by(notifications.c.created_at, notifications.c.id)
        rows = self._session.rows(query.with_for_update(skip_locked=True)) if ids else []
        return [from_row(Notification, row) for row in rows]

    def count_sent(self, receiver_id: str, *, since: datetime) -> int:
        sent = notifications.c.receiver_id == receiver_id, notifications.c.sent_at >= since
        [row] = self._session.rows(select(func.count().label("count")).where(*sent))
        return int(row["count"])

    def save(self, notification: Notification) -> None:
        self._session.save(notifications, to_row(notification))

    def get(self, notification_id: str) -> Notification:
        rows = self._session.rows(select(notifications).where(notifications.c.id == notification_id))
        if not rows:
            raise NotFound(f"no notification {notification_id!r}")
        return from_row(Notification, rows[0])

    def of_group(self, group_id: str) -> builtins.list[Notification]:
        query = select(notifications).where(notifications.c.group_id == group_id)
        newest = query.order_by(notifications.c.created_at.desc(), notifications.c.id.desc()).limit(MOST)
        return [from_row(Notification, row) for row in reversed(self._session.rows(newest))]

    def list(
        self,
        *,
        receiver_id: str | None = None,
        state: NotificationState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[Notification]:
        query = select(notifications)
        if receiver_id is not None:
            query = query.where(notifications.c.receiver_id == receiver_id)
        if state is not None:
            query = query.where(notifications.c.state == state.value)
        if after is not None:
            query = query.where(notifications.c.created_at >= after)
        if before is not None:
            query = query.where(notifications.c.created_at < before)
        newest = query.order_by(notifications.c.created_at.desc(), notifications.c.id).limit(limit)
        return [from_row(Notification, row) for row in self._session.rows(newest)]
