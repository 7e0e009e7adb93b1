"""Cameras in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.seal import Seal
from common.adapters.database.secrets import sealed, unsealed
from common.adapters.database.session import Session
from common.adapters.database.tables import cameras, events, histories
from common.domain.camera import Camera
from common.domain.event import EventState
from common.errors import Conflict, NotFound


class SqlCameras:
    """See common/ports/repository.py."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session = session
        self._seal = seal

    def list(self, *, enabled: bool | None = None) -> list[Camera]:
        query = select(cameras).order_by(cameras.c.name)
        if enabled is not None:
            query = query.where(cameras.c.enabled.is_(enabled))
        return [self._camera(row) for row in self._session.rows(query)]

    def version(self) -> str:
        # A change grows a revision, an addition the count. One removed and another added leave both as they were, but
        # the other is newer. A number of its own to count with would be a row that all changes wait for.
        newest = (func.max(cameras.c.created_at), func.min(cameras.c.id), func.max(cameras.c.id))
        query = select(func.count(), func.sum(cameras.c.revision), *newest).select_from(cameras)
        return " ".join(map(str, self._session.run(query).one()))

    def get(self, camera_id: str) -> Camera:
        rows = self._session.rows(select(cameras).where(cameras.c.id == camera_id))
        if not rows:
            raise NotFound(f"no camera {camera_id!r}")
        return self._camera(rows[0])

    def get_many(self, camera_ids: Iterable[str]) -> dict[str, Camera]:
        return {row["id"]: self._camera(row) for row in self._session.found(cameras, camera_ids)}

    def find(self, name: str) -> Camera | None:
        rows = self._session.rows(select(cameras).where(cameras.c.name == name))
        return self._camera(rows[0]) if rows else None

    def add(self, camera: Camera) -> None:
        if self.find(camera.name) is not None:
            raise Conflict(f"a camera named {camera.name!r} exists already")
        self._session.run(insert(cameras).values(self._row(camera)))

    def update(self, camera: Camera) -> Camera:
        namesake = self.find(camera.name)
        if namesake is not None and namesake.id != camera.id:
            raise Conflict(f"a camera named {camera.name!r} exists already")
        # Grown by the database, not by what the caller read: two changes at once make two revisions.
        row = {**self._row(camera), "revision": cameras.c.revision + 1}
        statement = update(cameras).where(cameras.c.id == camera.id).values(row).returning(cameras.c.revision)
        stored = self._session.rows(statement)
        if not stored:
            raise NotFound(f"no camera {camera.id!r}")
        return replace(camera, revision=stored[0]["revision"])

    def remove(self, camera_id: str) -> None:
        if self._session.run(delete(cameras).where(cameras.c.id == camera_id)).rowcount == 0:
            raise NotFound(f"no camera {camera_id!r}")
        self._session.run(delete(histories).where(histories.c.camera_id == camera_id))
        # Nothing will ever resolve what is open; shots wait for retention, alerts and statistics are history.
        is_open = events.c.state != EventState.RESOLVED.value
        self._session.run(delete(events).where(events.c.camera_id == camera_id, is_open))

    def _camera(self, row: RowMapping) -> Camera:
        return from_row(Camera, unsealed(cameras, row, self._seal))

    def _row(self, camera: Camera) -> dict[str, Any]:
        return sealed(cameras, to_row(camera), self._seal)
