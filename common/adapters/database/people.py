"""What the analyzer keeps between pictures, and the people it counted, in the database."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import delete, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import histories, sightings
from common.domain.prediction import Label
from common.domain.sighting import Sighting


class SqlHistories:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self, camera_id: str) -> str | None:
        # The row must be there to be held: two that come first would otherwise both find none.
        fresh = self._session.insert(histories).values(camera_id=camera_id, body="")
        self._session.run(fresh.on_conflict_do_nothing())
        [row] = self._session.rows(select(histories).where(histories.c.camera_id == camera_id).with_for_update())
        return row["body"] or None

    def save(self, camera_id: str, body: str) -> None:
        self._session.run(update(histories).where(histories.c.camera_id == camera_id).values(body=body))


class SqlSightings:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, sighting: Sighting) -> Sighting | None:
        before = self._find(sighting.id)
        self._session.save(sightings, to_row(sighting))
        return before

    def drop(self, sighting_id: str) -> Sighting | None:
        before = self._find(sighting_id)
        self._session.run(delete(sightings).where(sightings.c.id == sighting_id))
        return before

    def list(
        self,
        *,
        camera_id: str | None = None,
        label: Label | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[Sighting]:
        query = select(sightings)
        if camera_id is not None:
            query = query.where(sightings.c.camera_id == camera_id)
        if label is not None:
            query = query.where(sightings.c.label == label.value)
        if after is not None:
            query = query.where(sightings.c.began_at >= after)
        if before is not None:
            query = query.where(sightings.c.began_at < before)
        newest = query.order_by(sightings.c.began_at.desc(), sightings.c.id).limit(limit)
        return [from_row(Sighting, row) for row in self._session.rows(newest)]

    def _find(self, sighting_id: str) -> Sighting | None:
        rows = self._session.rows(select(sightings).where(sightings.c.id == sighting_id))
        return from_row(Sighting, rows[0]) if rows else None
