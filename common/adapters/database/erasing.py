"""What is erased on request, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, and_, delete, func, or_, select, update

from common.adapters.database.rows import from_row
from common.adapters.database.session import Session
from common.adapters.database.tables import (
    alert_groups,
    alerts,
    cameras,
    decisions,
    events,
    feedback,
    notifications,
    predictions,
    shots,
    sightings,
)
from common.domain.erasure import Erased, Stretch
from common.domain.feedback import Feedback
from common.domain.shot import Outcome, slot_of

HOLDERS = (shots, sightings, events, alerts, feedback)  # of what is known of a camera


class SqlErasing:
    """See common/ports/repository. A caller's piece is one statement: at most 500 ids (SQLite may take only 999)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def camera_ids(self) -> set[str]:
        found = {row["id"] for row in self._session.rows(select(cameras.c.id))}
        for table in HOLDERS:
            query, last = select(func.min(table.c.camera_id)), ""
            while (first := self._session.run(query.where(table.c.camera_id > last)).scalar()) is not None:
                found.add(last := str(first))  # one look into the index per camera; DISTINCT would read every row
        return found

    def count(self, stretch: Stretch) -> Erased:
        taken = _between(shots, shots.c.scheduled_at, stretch)
        judged = self.feedback(stretch)
        return Erased(
            snapshots=self._count(shots, taken),
            pictures=self._count(shots, and_(taken, shots.c.image_key.is_not(None))),
            crops=sum(bool(said.crop_key) for said in judged),
            sightings=self._count(sightings, _seen(stretch)),
            alerts=self._count(alerts, _told(stretch)),
        )

    def remove_events(self, stretch: Stretch, *, limit: int) -> set[str]:
        fired = _between(events, events.c.fired_at, stretch)
        gone = or_(_shown(events, events.c.started_at, stretch), fired)
        ids = self._ids(events.c.id, gone, limit)
        self._session.run(delete(events).where(events.c.id.in_(ids)))
        return set(ids)

    def remove_alerts(self, stretch: Stretch, *, limit: int) -> int:
        query = select(alerts.c.id, alerts.c.event_id, alerts.c.group_id).where(_told(stretch))
        rows = self._session.rows(query.order_by(alerts.c.id).limit(limit))
        ids, groups = [row["id"] for row in rows], {row["group_id"] for row in rows}
        self._session.run(delete(events).where(events.c.id.in_([row["event_id"] for row in rows])))
        self._session.run(delete(alerts).where(alerts.c.id.in_(ids)))
        self._session.run(delete(decisions).where(decisions.c.alert_id.in_(ids)))
        self._empty(groups)
        return len(ids)

    def remove_sightings(self, stretch: Stretch, *, limit: int) -> int:
        ids = self._ids(sightings.c.id, _seen(stretch), limit)
        self._session.run(delete(sightings).where(sightings.c.id.in_(ids)))
        return len(ids)

    def remove_shots(self, stretch: Stretch, *, waiting_since: datetime, limit: int) -> int:
        waits = and_(shots.c.outcome == Outcome.TAKEN.value, shots.c.scheduled_at >= waiting_since)
        ids = self._ids(shots.c.id, and_(_between(shots, shots.c.scheduled_at, stretch), ~waits), limit)
        self._session.run(delete(shots).where(shots.c.id.in_(ids)))
        self._session.run(delete(predictions).where(predictions.c.snapshot_id.in_(ids)))
        return len(ids)

    def feedback(self, stretch: Stretch) -> list[Feedback]:
        query = select(feedback).where(feedback.c.camera_id == stretch.camera_id)
        if stretch.start is not None:
            query = query.where(feedback.c.at >= stretch.start)  # nobody judges a face before it is seen
        said = [from_row(Feedback, row) for row in self._session.rows(query)]
        return [one for one in said if (at := slot_of(one.snapshot_id)) is not None and stretch.includes(at)]

    def _empty(self, group_ids: set[str]) -> None:
        """Groups that have no alert any more are closed, and what was to be told of them is not told."""
        left = select(alerts.c.group_id).where(alerts.c.group_id.in_(group_ids))
        empty = alert_groups.c.id.in_(group_ids), alert_groups.c.id.not_in(left)
        now = func.coalesce(alert_groups.c.closed_at, alert_groups.c.told_at, alert_groups.c.opened_at)
        self._session.run(update(alert_groups).where(*empty).values(closed_at=now))
        of_them = notifications.c.group_id.in_(select(alert_groups.c.id).where(*empty))
        self._session.run(delete(notifications).where(of_them, notifications.c.claimed_until.is_(None)))

    def _ids(self, column: Column[str], gone: ColumnElement[bool], limit: int) -> list[str]:
        return [row["id"] for row in self._session.rows(select(column).where(gone).order_by(column).limit(limit))]

    def _count(self, table: Table, gone: ColumnElement[bool]) -> int:
        return int(self._session.run(select(func.count()).select_from(table).where(gone)).scalar_one())


def _between(table: Table, at: Column[datetime], stretch: Stretch) -> ColumnElement[bool]:
    since = [] if stretch.start is None else [at >= stretch.start]
    return and_(table.c.camera_id == stretch.camera_id, at < stretch.end, *since)


def _seen(stretch: Stretch) -> ColumnElement[bool]:
    since = [] if stretch.start is None else [sightings.c.seen_at >= stretch.start]
    return and_(sightings.c.camera_id == stretch.camera_id, sightings.c.began_at < stretch.end, *since)


def _told(stretch: Stretch) -> ColumnElement[bool]:
    return or_(_shown(alerts, alerts.c.fired_at, stretch), _between(alerts, alerts.c.started_at, stretch))


def _shown(table: Table, at: Column[datetime], stretch: Stretch) -> ColumnElement[bool]:
    """Of then, or showing a picture of then."""
    pictured = select(shots.c.id).where(shots.c.id == table.c.snapshot_id)
    pictured = pictured.where(_between(shots, shots.c.scheduled_at, stretch))
    shows = and_(table.c.camera_id == stretch.camera_id, pictured.exists())  # a look by id for each: they are few
    return or_(_between(table, at, stretch), shows)
