"""Predictions in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import faces_column, predictions
from common.domain.prediction import Label, Prediction
from common.errors import NotFound

GOT_AT_ONCE = 500  # ids in one statement: each is a variable, and SQLite may be built to take only 999


class SqlPredictions:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, prediction: Prediction) -> bool:
        counts = prediction.count()
        row = {**to_row(prediction), **{faces_column(label): counts[label] for label in Label}}
        statement = self._session.insert(predictions).values(row).on_conflict_do_nothing()
        return bool(self._session.rows(statement.returning(predictions.c.snapshot_id)))

    def get(self, snapshot_id: str) -> Prediction:
        found = self.get_many([snapshot_id])
        if not found:
            raise NotFound(f"no prediction of snapshot {snapshot_id!r}")
        return found[snapshot_id]

    def get_many(self, snapshot_ids: Iterable[str]) -> dict[str, Prediction]:
        ids, found = list(snapshot_ids), {}
        for start in range(0, len(ids), GOT_AT_ONCE):
            some = predictions.c.snapshot_id.in_(ids[start : start + GOT_AT_ONCE])
            for row in self._session.rows(select(predictions).where(some)):
                found[row["snapshot_id"]] = from_row(Prediction, row)
        return found
