"""Shots in the database."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, column, select, update, values

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import faces_column, predictions, shots
from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot
from common.errors import NotFound


class SqlShots:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, shot: Shot) -> Outcome | None:
        # The insert decides who was first, the row lock who is next: whoever comes at the same time waits
        # for the other's commit. SQLite has no row locks and needs none, its writers take turns.
        first = self._session.insert(shots).values(to_row(shot)).on_conflict_do_nothing().returning(shots.c.id)
        if self._session.rows(first):
            return None
        stored = from_row(Shot, self._session.rows(select(shots).where(shots.c.id == shot.id).with_for_update())[0])
        settled = stored if stored.outcome.is_final else shot
        merged = {
            "outcome": settled.outcome.value,
            "reason": settled.reason,
            "captured_at": stored.captured_at or shot.captured_at,
            "image_key": stored.image_key or shot.image_key,
            "width": stored.width or shot.width,
            "height": stored.height or shot.height,
        }
        self._session.run(update(shots).where(shots.c.id == shot.id).values(merged))
        return stored.outcome

    def get(self, shot_id: str) -> Shot:
        rows = self._session.rows(select(shots).where(shots.c.id == shot_id))
        if not rows:
            raise NotFound(f"no snapshot {shot_id!r}")
        return from_row(Shot, rows[0])

    def list(
        self,
        *,
        camera_id: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        label: Label | None = None,
        outcomes: Iterable[Outcome] | None = None,
        limit: int = 50,
    ) -> builtins.list[Shot]:
        query, source = select(shots), shots
        if label is not None:  # then the label's own small index leads, not that of all shots
            source = predictions
            query = query.join(predictions, predictions.c.snapshot_id == shots.c.id)
            query = query.where(predictions.c[faces_column(label)] > 0)
        if camera_id is not None:
            query = query.where(source.c.camera_id == camera_id)
        if after is not None:
            query = query.where(source.c.scheduled_at >= after)
        if before is not None:
            query = query.where(source.c.scheduled_at < before)
        if outcomes is not None:
            query = query.where(shots.c.outcome.in_([outcome.value for outcome in outcomes]))
        query = query.order_by(source.c.scheduled_at.desc(), shots.c.id).limit(limit)
        return [from_row(Shot, row) for row in self._session.rows(query)]

    def latest(self, camera_ids: Iterable[str]) -> dict[str, Shot]:
        camera_ids = builtins.list(camera_ids)
        if not camera_ids:
            return {}
        wanted = values(column("id", String)).data([(camera_id,) for camera_id in camera_ids]).cte("wanted")
        newest = (  # one look into the index per camera, in one statement
            select(shots.c.id)
            .where(shots.c.camera_id == wanted.c.id, shots.c.outcome == Outcome.PREDICTED.value)
            .order_by(shots.c.scheduled_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = select(shots).where(shots.c.id.in_(select(newest).select_from(wanted)))
        return {row["camera_id"]: from_row(Shot, row) for row in self._session.rows(query)}
