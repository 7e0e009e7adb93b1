"""Predictions, on every repository."""

from __future__ import annotations

import pytest
from repository_values import (
    face,
    prediction,
    shot,
)

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
