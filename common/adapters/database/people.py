"""What the analyzer keeps between pictures, and the people it counted, in the database."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import cameras, histories, sightings
from common.domain.prediction import Label
from common.domain.sighting import Sighting


class SqlHistories:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self, camera_id: str) -> str | None:
        return self.hold_many([camera_id])[camera_id]

    def hold_many(self, camera_ids: Iterable[str]) -> dict[str, str | None]:
        # The rows must be there to be held: two that come first would otherwise both find none. All in the order of
        # ids, so that two who hold several wait for each other, and never both at once.
        ids = sorted(set(camera_ids))
        fresh = self._session.insert(histories).on_conflict_do_nothing()
        self._session.run_many(fresh, [{"camera_id": each, "body": ""} for each in ids])
        query = select(histories).where(histories.c.camera_id.in_(ids)).order_by(histories.c.camera_id)
        return {row["camera_id"]: row["body"] or None for row in self._session.rows(query.with_for_update())}

    def save(self, camera_id: str, body: str) -> None:
        self.save_many({camera_id: body})

    def save_many(self, bodies: Mapping[str, str]) -> None:
        rows = [{"camera_id": camera_id, "body": body} for camera_id, body in bodies.items()]
        self._session.save_many(histories, rows)

    def prune(self) -> int:
        known = select(cameras.c.id)
        return self._session.run(delete(histories).where(histories.c.camera_id.not_in(known))).rowcount


class SqlSightings:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, sighting: Sighting) -> Sighting | None:
        before = self.get_many([sighting.id]).get(sighting.id)
        self.save_many([sighting])
        return before

    def save_many(self, seen: Iterable[Sighting]) -> None:
        self._session.save_many(sightings, [to_row(sighting) for sighting in seen])

    def get_many(self, sighting_ids: Iterable[str]) -> dict[str, Sighting]:
        return {row["id"]: from_row(Sighting, row) for row in self._session.found(sightings, sighting_ids)}

    def drop(self, sighting_id: str) -> Sighting | None:
        before = self.get_many([sighting_id]).get(sighting_id)
        self._session.run(delete(sightings).where(sightings.c.id == sighting_id))
        return before

    def list(
        self,
        *,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        label: Label | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[Sighting]:
        query = select(sightings)
        if camera_id is not None:
            query = query.where(sightings.c.camera_id == camera_id)
        if camera_ids is not None:
            query = query.where(sightings.c.camera_id.in_(sorted(camera_ids)))
        if label is not None:
            query = query.where(sightings.c.label == label.value)
        if after is not None:
            query = query.where(sightings.c.began_at >= after)
        if before is not None:
            query = query.where(sightings.c.began_at < before)
        newest = query.order_by(sightings.c.began_at.desc(), sightings.c.id).limit(limit)
        return [from_row(Sighting, row) for row in self._session.rows(newest)]
