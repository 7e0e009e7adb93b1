"""Shots in the database."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Select, String, column, func, select, values

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import faces_column, predictions, shots
from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot, is_fenced, shows_blurred
from common.errors import NotFound
from common.metrics import FENCED

log = structlog.get_logger(__name__)


class SqlShots:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, shot: Shot) -> Outcome | None:
        return self.record_many([shot])[0]

    def record_many(self, told: Sequence[Shot]) -> builtins.list[Outcome | None]:
        # The insert decides who was first, the row lock who is next: whoever comes at the same time waits
        # for the other's commit. SQLite has no row locks and needs none, its writers take turns.
        first = {shot.id: shot for shot in reversed(told)}
        fresh = self._add([first[shot_id] for shot_id in sorted(first)])
        stored = {**self._hold(first.keys() - fresh), **{shot_id: first[shot_id] for shot_id in fresh}}
        before: builtins.list[Outcome | None] = []
        changed: dict[str, Shot] = {}
        for shot in told:
            if shot.id in fresh:
                fresh.remove(shot.id)
                before.append(None)
                continue
            known = stored[shot.id]
            if is_fenced(shot, stored=known):
                FENCED.labels(where="database").inc()
                log.warning("shot.fenced", snapshot_id=shot.id, camera_id=shot.camera_id, key=shot.image_key)
                before.append(shot.outcome)
                continue
            if known.outcome is Outcome.TAKEN and shot.outcome.is_final and not shot.outcome.is_of_job:
                before.append(shot.outcome)
                continue
            before.append(known.outcome)
            stored[shot.id] = _merged(known, shot)
            if stored[shot.id] != known:
                changed[shot.id] = stored[shot.id]
        self._session.save_many(shots, [to_row(shot) for shot in changed.values()])
        return before

    def get(self, shot_id: str) -> Shot:
        rows = self._session.rows(select(shots).where(shots.c.id == shot_id))
        if not rows:
            raise NotFound(f"no snapshot {shot_id!r}")
        return from_row(Shot, rows[0])

    def list(
        self,
        *,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
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
        if camera_ids is not None:
            query = query.where(source.c.camera_id.in_(sorted(camera_ids)))
        if after is not None:
            query = query.where(source.c.scheduled_at >= after)
        if before is not None:
            query = query.where(source.c.scheduled_at < before)
        if outcomes is not None:
            query = query.where(shots.c.outcome.in_([outcome.value for outcome in outcomes]))
        query = query.order_by(source.c.scheduled_at.desc(), shots.c.id).limit(limit)
        return [from_row(Shot, row) for row in self._session.rows(query)]

    def count(self, camera_id: str, *, after: datetime) -> dict[Outcome, int]:
        query = select(shots.c.outcome, func.count()).group_by(shots.c.outcome)
        query = query.where(shots.c.camera_id == camera_id, shots.c.scheduled_at >= after)
        return {Outcome(outcome): count for outcome, count in self._session.tuples(query)}

    def latest(self, camera_ids: Iterable[str]) -> dict[str, Shot]:
        def looked_for(query: Select[tuple[str]]) -> Select[tuple[str]]:
            wanted = query.where(shots.c.outcome == Outcome.PREDICTED.value)
            return wanted.order_by(shots.c.scheduled_at.desc())

        return {shot.camera_id: shot for shot in self._one_of_each(camera_ids, looked_for)}

    def newest(self, camera_ids: Iterable[str], *, after: datetime, skipped: bool = True) -> dict[str, Shot]:
        def looked_for(query: Select[tuple[str]]) -> Select[tuple[str]]:
            wanted = query.where(shots.c.scheduled_at >= after)
            if not skipped:
                wanted = wanted.where(shots.c.outcome != Outcome.SKIPPED.value)
            return wanted.order_by(shots.c.scheduled_at.desc())

        return {shot.camera_id: shot for shot in self._one_of_each(camera_ids, looked_for)}

    def oldest_waiting(self, camera_ids: Iterable[str], *, after: datetime) -> Shot | None:
        def looked_for(query: Select[tuple[str]]) -> Select[tuple[str]]:
            wanted = query.where(shots.c.outcome == Outcome.TAKEN.value, shots.c.scheduled_at >= after)
            return wanted.order_by(shots.c.scheduled_at)

        return min(self._one_of_each(camera_ids, looked_for), key=lambda shot: shot.scheduled_at, default=None)

    def _one_of_each(
        self, camera_ids: Iterable[str], looked_for: Callable[[Select[tuple[str]]], Select[tuple[str]]]
    ) -> builtins.list[Shot]:
        """The first shot of each camera in the order that is looked for: one look into the index per camera."""
        ids = builtins.list(camera_ids)
        if not ids:
            return []
        wanted = values(column("id", String)).data([(camera_id,) for camera_id in ids]).cte("wanted")
        of_camera = select(shots.c.id).where(shots.c.camera_id == wanted.c.id)
        found = looked_for(of_camera).limit(1).scalar_subquery()
        query = select(shots).where(shots.c.id.in_(select(found).select_from(wanted)))
        return [from_row(Shot, row) for row in self._session.rows(query)]

    def _add(self, new: Sequence[Shot]) -> set[str]:
        statement = self._session.insert(shots).on_conflict_do_nothing().returning(shots.c.id)
        return {row["id"] for row in self._session.inserted(statement, [to_row(shot) for shot in new])}

    def _hold(self, shot_ids: Iterable[str]) -> dict[str, Shot]:
        ids = sorted(shot_ids)
        query = select(shots).where(shots.c.id.in_(ids)).order_by(shots.c.id).with_for_update()
        return {row["id"]: from_row(Shot, row) for row in self._session.rows(query)} if ids else {}


def _merged(stored: Shot, told: Shot) -> Shot:
    settled = stored if stored.outcome.is_final else told
    one, other = (told, stored) if settled is told and is_fenced(stored, stored=told) else (stored, told)
    return replace(
        stored,
        outcome=settled.outcome,
        reason=settled.reason,
        captured_at=one.captured_at or other.captured_at,
        image_key=told.image_key if shows_blurred(told) else one.image_key or other.image_key,
        width=one.width or other.width,
        height=one.height or other.height,
    )
