"""Predictions in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import faces_column, predictions
from common.domain.prediction import Label, Prediction
from common.errors import NotFound
from common.ports.repository import PlainPrediction


class SqlPredictions:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, prediction: Prediction) -> bool:
        return bool(self.add_many([prediction]))

    def add_many(self, predictions_made: Iterable[Prediction]) -> set[str]:
        statement = self._session.insert(predictions).on_conflict_do_nothing().returning(predictions.c.snapshot_id)
        rows = sorted((_row(each) for each in predictions_made), key=itemgetter("snapshot_id"))
        return {row["snapshot_id"] for row in self._session.inserted(statement, rows)}

    def get(self, snapshot_id: str) -> Prediction:
        found = self.get_many([snapshot_id])
        if not found:
            raise NotFound(f"no prediction of snapshot {snapshot_id!r}")
        return found[snapshot_id]

    def get_many(self, snapshot_ids: Iterable[str]) -> dict[str, Prediction]:
        rows = self._session.found(predictions, snapshot_ids)
        return {row["snapshot_id"]: from_row(Prediction, row) for row in rows}

    def captured_after(self, camera_id: str, at: datetime) -> list[Prediction]:
        query = select(predictions).where(predictions.c.camera_id == camera_id, predictions.c.captured_at > at)
        rows = self._session.rows(query.order_by(predictions.c.captured_at, predictions.c.snapshot_id))
        return [from_row(Prediction, row) for row in rows]

    def count_captured(self, camera_id: str, *, start: datetime, end: datetime) -> int:
        query = select(func.count()).select_from(predictions).where(*_between(camera_id, start, end))
        return int(self._session.run(query).scalar_one())

    def captured(
        self, camera_id: str, *, start: datetime, end: datetime, after: str = "", limit: int
    ) -> list[PlainPrediction]:
        table = predictions.c
        columns = (table.snapshot_id, table.captured_at, table.width, table.height, cast(table.faces, Text))
        is_behind = or_(table.captured_at > start, and_(table.captured_at == start, table.snapshot_id > after))
        query = select(*columns).where(*_between(camera_id, start, end), is_behind)
        found = self._session.run(query.order_by(table.captured_at, table.snapshot_id).limit(limit))
        return [PlainPrediction._make(row) for row in found]


def _between(camera_id: str, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    table = predictions.c
    return table.camera_id == camera_id, table.captured_at >= start, table.captured_at < end


def _row(prediction: Prediction) -> dict[str, Any]:
    counts = prediction.count()
    return {**to_row(prediction), **{faces_column(label): counts[label] for label in Label}}
