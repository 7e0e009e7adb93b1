"""Predictions, on every repository."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from repository_values import (
    face,
    prediction,
    shot,
)
from sqlalchemy import event

from common.adapters.database.engines import sqlite_engine
from common.adapters.database.repository import SqlRepository
from common.domain.prediction import Label
from common.errors import NotFound
from common.ports.repository import Repository


class TestPredictions:
    def test_a_prediction_comes_back_as_it_was(self, repository: Repository) -> None:
        whole = prediction(0, Label.NO_MASK, Label.UNCERTAIN)
        with repository.begin() as unit:
            assert unit.predictions.add(whole) is True
        with repository.begin() as unit:
            assert unit.predictions.get(whole.snapshot_id) == whole

    def test_the_first_prediction_stays(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.predictions.add(prediction(0, Label.NO_MASK)) is True
        with repository.begin() as unit:
            assert unit.predictions.add(prediction(0)) is False
            assert unit.predictions.get(shot().id).faces == (face(Label.NO_MASK),)

    def test_many_are_got_at_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.predictions.add(prediction(0))
            unit.predictions.add(prediction(1))
            assert unit.predictions.get_many([shot(1).id, "never"]) == {shot(1).id: prediction(1)}
            assert unit.predictions.get_many([]) == {}
            with pytest.raises(NotFound):
                unit.predictions.get("never")

    def test_a_cameras_past_is_read_page_by_page_in_the_order_of_capture(self, repository: Repository) -> None:
        first, last = prediction(0, Label.NO_MASK), prediction(5)
        both = [replace(prediction(3), snapshot_id=name, captured_at=prediction(3).captured_at) for name in "ba"]
        other = replace(prediction(4), snapshot_id="other", camera_id="other")
        with repository.begin() as unit:
            unit.predictions.add_many([last, *both, first, other])
        start, end = first.captured_at, last.captured_at
        with repository.begin() as unit:
            assert unit.predictions.count_captured("cam", start=start, end=end) == 3
            page = unit.predictions.captured("cam", start=start, end=end, limit=2)
            rest = unit.predictions.captured("cam", start=page[-1].captured_at, end=end, after="a", limit=2)
        assert [one.snapshot_id for one in (*page, *rest)] == [first.snapshot_id, "a", "b"]
        assert (page[0].captured_at, page[0].width, page[0].height) == (start, first.width, first.height)
        [seen] = json.loads(page[0].faces)
        assert (seen["label"], seen["box"]) == ("no_mask", list(first.faces[0].box))
        assert page[1].faces == "[]"


def test_more_are_got_at_once_than_a_statement_of_sqlite_has_variables(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "maskwatch.db")
    event.listen(engine, "connect", lambda made, _record: made.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999))
    repository = SqlRepository(engine)
    repository.upgrade()
    first, last = prediction(0), prediction(1)
    ids = [first.snapshot_id, *(f"never-{number}" for number in range(1000)), last.snapshot_id]
    with repository.begin() as unit:
        unit.predictions.add(first)
        unit.predictions.add(last)
        assert unit.predictions.get_many(iter(ids)) == {first.snapshot_id: first, last.snapshot_id: last}
    repository.close()
