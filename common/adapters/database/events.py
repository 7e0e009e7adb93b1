"""Events in the database."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select

from common.adapters.database.history import newest_first
from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import events
from common.domain.event import Event, EventState
from common.errors import NotFound


class SqlEvents:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(
        self, *, rule_id: str | None = None, camera_id: str | None = None, to_change: bool = False
    ) -> builtins.list[Event]:
        # In the words of the partial index `events_open`, so that it answers: a few rows, not all history.
        query = select(events).where(events.c.state.in_((EventState.PENDING.value, EventState.FIRING.value)))
        if rule_id is not None:
            query = query.where(events.c.rule_id == rule_id)
        if camera_id is not None:
            query = query.where(events.c.camera_id == camera_id)
        query = query.order_by(events.c.started_at, events.c.id)
        return [from_row(Event, row) for row in self._session.rows(query.with_for_update() if to_change else query)]

    def save(self, event: Event) -> None:
        self.save_many([event])

    def save_many(self, changed: Iterable[Event]) -> None:
        self._session.save_many(events, [to_row(event) for event in changed])

    def drop(self, event_id: str) -> None:
        self._session.run(delete(events).where(events.c.id == event_id))

    def get(self, event_id: str) -> Event:
        rows = self._session.rows(select(events).where(events.c.id == event_id))
        if not rows:
            raise NotFound(f"no event {event_id!r}")
        return from_row(Event, rows[0])

    def get_many(self, event_ids: Iterable[str]) -> dict[str, Event]:
        return {row["id"]: from_row(Event, row) for row in self._session.found(events, event_ids)}

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
    ) -> builtins.list[Event]:
        rows = newest_first(
            self._session,
            events,
            by="started_at",
            rule_id=rule_id,
            camera_id=camera_id,
            camera_ids=camera_ids,
            state=state,
            after=after,
            before=before,
            limit=limit,
        )
        return [from_row(Event, row) for row in rows]
