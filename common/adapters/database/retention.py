"""What upkeep asks of the database: removing by age, and which pictures are still wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, select, update

from common.adapters.database.rows import from_row
from common.adapters.database.session import Session
from common.adapters.database.tables import (
    alert_groups,
    alerts,
    decisions,
    events,
    faces_column,
    notifications,
    predictions,
    shots,
    sightings,
)
from common.domain.alert import AlertState
from common.domain.event import EventState
from common.domain.notification import NotificationState
from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot
from common.ports.repository import Kept

NO_FAULT = Label.MASK_CORRECT  # uncertain is none of it: nobody knows


class SqlRetention:
    """See common/ports/repository.py. A caller's piece is one statement: at most 500 ids (SQLite may take only 999)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def camera_ids(self) -> list[str]:
        found: set[str] = set()
        for table in (shots, sightings):  # people may be remembered when the last picture of them is gone
            query = select(func.min(table.c.camera_id))
            last = self._first(query)
            while last is not None:  # one look into the index per camera; DISTINCT would read every row
                found.add(last)
                last = self._first(query.where(table.c.camera_id > last))
        return sorted(found)

    def kept(self, camera_id: str) -> Kept:
        query = select(func.count().label("shots"), func.min(shots.c.scheduled_at).label("oldest_at"))
        return from_row(Kept, self._session.rows(query.where(shots.c.camera_id == camera_id))[0])

    def count_shots(self, camera_id: str, *, before: datetime) -> int:
        return self._count(select(func.count()).select_from(shots).where(_old_shots(camera_id, before)))

    def remove_shots(self, camera_id: str, *, before: datetime, limit: int) -> int:
        old = select(shots.c.id).where(_old_shots(camera_id, before)).order_by(shots.c.scheduled_at).limit(limit)
        ids = [row["id"] for row in self._session.rows(old)]
        if ids:
            self._session.run(delete(predictions).where(predictions.c.snapshot_id.in_(ids)))
            self._session.run(delete(shots).where(shots.c.id.in_(ids)))
        gone = (sightings.c.camera_id == camera_id, sightings.c.began_at < before, sightings.c.seen_at < before)
        self._session.run(delete(sightings).where(*gone))
        return len(ids)

    def count_alerts(self, *, before: datetime) -> int:
        return self._count(select(func.count()).select_from(alerts).where(_old_alerts(before)))

    def remove_alerts(self, *, before: datetime, limit: int) -> int:
        old = select(alerts.c.id, alerts.c.event_id).where(_old_alerts(before)).order_by(alerts.c.fired_at).limit(limit)
        rows = self._session.rows(old)
        if rows:
            self._session.run(delete(alerts).where(alerts.c.id.in_([row["id"] for row in rows])))
            self._session.run(delete(events).where(events.c.id.in_([row["event_id"] for row in rows])))
            self._session.run(delete(decisions).where(decisions.c.alert_id.in_([row["id"] for row in rows])))
        self._session.run(delete(alert_groups).where(_old_groups(before)))
        self._session.run(delete(notifications).where(_old_messages(before)))
        return len(rows)

    def shown_by_alerts(self, image_keys: Iterable[str]) -> set[str]:
        return self._found(select(alerts.c.image_key).where(alerts.c.image_key.in_(list(image_keys))))

    def without_fault(self, snapshot_ids: Iterable[str]) -> set[str]:
        query = select(predictions.c.snapshot_id).where(predictions.c.snapshot_id.in_(list(snapshot_ids)))
        return self._found(query.where(*(predictions.c[faces_column(each)] == 0 for each in Label if each != NO_FAULT)))

    def pictured(self, camera_id: str, *, after: datetime | None, before: datetime, limit: int) -> list[Shot]:
        query = select(shots).where(shots.c.camera_id == camera_id, shots.c.scheduled_at < before)
        if after is not None:
            query = query.where(shots.c.scheduled_at > after)
        query = query.where(shots.c.image_key.is_not(None)).order_by(shots.c.scheduled_at).limit(limit)
        return [from_row(Shot, row) for row in self._session.rows(query)]

    def pictures_of(self, snapshot_ids: Iterable[str]) -> set[str]:
        query = select(shots.c.image_key).where(shots.c.id.in_(list(snapshot_ids)))
        return self._found(query.where(shots.c.image_key.is_not(None)))

    def forget_pictures(self, snapshot_ids: Iterable[str], *, reason: str = "") -> None:
        told = case((shots.c.reason == "", reason), else_=shots.c.reason)
        named = shots.c.id.in_(list(snapshot_ids))
        self._session.run(update(shots).where(named).values(image_key=None, reason=told))

    def unpredicted(self, camera_id: str, *, before: datetime, limit: int) -> list[Shot]:
        never = (Outcome.TAKEN.value, Outcome.EXPIRED.value, Outcome.DEAD_LETTERED.value)
        query = select(shots).where(shots.c.camera_id == camera_id, shots.c.outcome.in_(never))
        query = query.where(shots.c.scheduled_at < before, shots.c.image_key.is_not(None))
        return [from_row(Shot, row) for row in self._session.rows(query.order_by(shots.c.scheduled_at).limit(limit))]

    def forgotten(self, snapshot_ids: Iterable[str], *, reason: str) -> set[str]:
        query = select(shots.c.id).where(shots.c.id.in_(list(snapshot_ids)))
        return self._found(query.where(shots.c.image_key.is_(None), shots.c.reason == reason))

    def restore_picture(self, snapshot_id: str, image_key: str) -> None:
        named = shots.c.id == snapshot_id
        self._session.run(update(shots).where(named).values(image_key=image_key, reason=""))

    def _found(self, query: Select[tuple[str]]) -> set[str]:
        return {value for row in self._session.rows(query) for value in row.values()}

    def _first(self, query: Select[tuple[str]]) -> str | None:
        found: str | None = self._session.run(query).scalar()
        return found

    def _count(self, query: Select[int]) -> int:
        return int(self._session.run(query).scalar_one())


def _old_shots(camera_id: str, before: datetime) -> ColumnElement[bool]:
    # An alert's page shows the faces of its picture: both stay as long as it does, and so does what an open event
    # may yet show. Both are few.
    shown = select(alerts.c.id).where(alerts.c.snapshot_id == shots.c.id).exists()
    is_open = events.c.state.in_((EventState.PENDING.value, EventState.FIRING.value))
    awaited = select(events.c.id).where(is_open, events.c.snapshot_id == shots.c.id).exists()
    return and_(shots.c.camera_id == camera_id, shots.c.scheduled_at < before, ~shown, ~awaited)


def _old_alerts(before: datetime) -> ColumnElement[bool]:
    return and_(alerts.c.state == AlertState.RESOLVED.value, alerts.c.fired_at < before)


def _old_groups(before: datetime) -> ColumnElement[bool]:
    """That have no alert any more, and nothing to be sent."""
    of_it = select(alerts.c.id).where(alerts.c.group_id == alert_groups.c.id).exists()
    queued = notifications.c.state == NotificationState.QUEUED.value
    waits = select(notifications.c.id).where(notifications.c.group_id == alert_groups.c.id, queued).exists()
    return and_(alert_groups.c.opened_at < before, alert_groups.c.closed_at.is_not(None), ~of_it, ~waits)


def _old_messages(before: datetime) -> ColumnElement[bool]:
    """Of no group that is still there: which alerts it has told of says what its messages named."""
    of_group = select(alert_groups.c.id).where(alert_groups.c.id == notifications.c.group_id).exists()
    is_over = notifications.c.state != NotificationState.QUEUED.value
    return and_(notifications.c.created_at < before, is_over, ~of_group)
