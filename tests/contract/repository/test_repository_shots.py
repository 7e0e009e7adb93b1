"""Shots: the exactly-once of the numbers, on every repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from repository_values import (
    NOON,
    SECOND,
    prediction,
    shot,
)

from common.domain.prediction import Label
from common.domain.shot import Outcome, image_key
from common.errors import NotFound
from common.ports.repository import Repository


class TestShots:
    def test_a_shot_comes_back_as_it_was(self, repository: Repository) -> None:
        whole = shot(captured_at=NOON, image_key="a/b.jpg", width=1920, height=1080, reason="why")
        with repository.begin() as unit:
            assert unit.shots.record(whole) is None
            assert unit.shots.record(shot(1, outcome=Outcome.FAILED)) is None
        with repository.begin() as unit:
            assert unit.shots.get(whole.id) == whole
            assert unit.shots.get(shot(1).id) == shot(1, outcome=Outcome.FAILED)
            with pytest.raises(NotFound):
                unit.shots.get("never")

    def test_taken_becomes_final_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.shots.record(shot(image_key="a.jpg")) is None
            assert unit.shots.record(shot(image_key="a.jpg")) is Outcome.TAKEN
            assert unit.shots.record(shot(outcome=Outcome.EXPIRED, reason="old")) is Outcome.TAKEN
            assert unit.shots.record(shot(outcome=Outcome.PREDICTED)) is Outcome.EXPIRED
            assert unit.shots.get(shot().id) == shot(outcome=Outcome.EXPIRED, reason="old", image_key="a.jpg")

    def test_a_late_message_fills_in_the_picture_and_takes_nothing(self, repository: Repository) -> None:
        taken = shot(image_key="a.jpg", captured_at=NOON, width=640, height=480)
        with repository.begin() as unit:
            assert unit.shots.record(shot(outcome=Outcome.PREDICTED)) is None
            assert unit.shots.record(taken) is Outcome.PREDICTED
            assert unit.shots.get(taken.id) == replace(taken, outcome=Outcome.PREDICTED)

    @pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.FAILED, Outcome.REJECTED])
    def test_a_taken_shot_is_not_called_unattended_by_a_successor(
        self, repository: Repository, outcome: Outcome
    ) -> None:
        with repository.begin() as unit:
            unit.shots.record(shot(image_key="a.jpg"))
            assert unit.shots.record(shot(outcome=outcome, reason="unattended")) is outcome
            assert unit.shots.get(shot().id) == shot(image_key="a.jpg")
            assert unit.shots.record(shot(outcome=Outcome.PREDICTED)) is Outcome.TAKEN

    def test_a_later_leases_picture_takes_the_place_of_an_earlier_ones(self, repository: Repository) -> None:
        first, second = (
            shot(image_key=image_key("cam", NOON, token=token), captured_at=NOON + token * SECOND) for token in (9, 10)
        )
        with repository.begin() as unit:
            assert unit.shots.record(first) is None
            assert unit.shots.record(second) is Outcome.TAKEN
            assert unit.shots.get(first.id) == second

    @pytest.mark.parametrize("outcome", [Outcome.TAKEN, Outcome.PREDICTED, Outcome.EXPIRED])
    def test_an_earlier_leases_picture_is_refused(self, repository: Repository, outcome: Outcome) -> None:
        first, second = (shot(image_key=image_key("cam", NOON, token=token)) for token in (9, 10))
        with repository.begin() as unit:
            unit.shots.record(second)
            assert unit.shots.record(replace(first, outcome=outcome)) is outcome
            assert unit.shots.get(first.id) == second

    def test_what_was_predicted_stays_with_its_picture(self, repository: Repository) -> None:
        first, second = (shot(image_key=image_key("cam", NOON, token=token)) for token in (9, 10))
        predicted = replace(first, outcome=Outcome.PREDICTED)
        with repository.begin() as unit:
            unit.shots.record(predicted)
            assert unit.shots.record(second) is Outcome.PREDICTED
            assert unit.shots.get(first.id) == predicted

    def test_a_shot_of_an_earlier_lease_counts_where_no_later_one_has_a_picture(self, repository: Repository) -> None:
        spooled = shot(image_key=image_key("cam", NOON, token=9))
        other = shot(1, image_key=image_key("cam", NOON + SECOND, token=10))
        with repository.begin() as unit:
            unit.shots.record(other)
            assert unit.shots.record(spooled) is None

    @pytest.mark.parametrize("outcome", [Outcome.TAKEN, Outcome.PREDICTED])
    def test_of_many_at_once_exactly_one_is_the_first(self, repository: Repository, outcome: Outcome) -> None:
        def record(_number: int) -> Outcome | None:
            with repository.begin() as unit:
                return unit.shots.record(shot(outcome=outcome))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(record, range(24)))
        assert answers.count(None) == 1
        assert answers.count(outcome) == 23

    def test_of_many_final_outcomes_at_once_exactly_one_follows_taken(self, repository: Repository) -> None:
        def record(outcome: Outcome) -> Outcome | None:
            with repository.begin() as unit:
                return unit.shots.record(shot(outcome=outcome))

        record(Outcome.TAKEN)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(record, [Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED] * 8))
        assert answers.count(Outcome.TAKEN) == 1
        assert len({answer for answer in answers if answer is not Outcome.TAKEN}) == 1

    def test_shots_are_listed_newest_first(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number in range(5):
                unit.shots.record(shot(number))
            unit.shots.record(shot(2, camera_id="other", outcome=Outcome.FAILED))
            assert unit.shots.list(camera_id="cam", limit=2) == [shot(4), shot(3)]
            within = unit.shots.list(after=NOON + SECOND, before=NOON + 3 * SECOND)
            assert [each.id for each in within] == [shot(2).id, shot(2, camera_id="other").id, shot(1).id]
            assert [each.camera_id for each in unit.shots.list(outcomes=[Outcome.FAILED])] == ["other"]
            assert unit.shots.list(outcomes=[]) == []

    def test_shots_are_found_by_a_label_of_their_faces(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number, labels in enumerate([(), (Label.NO_MASK, Label.MASK_CORRECT), (Label.MASK_CORRECT,)]):
                unit.shots.record(shot(number, outcome=Outcome.PREDICTED))
                unit.predictions.add(prediction(number, *labels))
            unit.shots.record(shot(1, camera_id="other", outcome=Outcome.PREDICTED))
            unit.predictions.add(prediction(1, Label.NO_MASK, camera_id="other"))

            def found(label: Label, **where: object) -> list[str]:
                return [each.id for each in unit.shots.list(label=label, **where)]

            assert found(Label.NO_MASK, camera_id="cam") == [shot(1).id]
            assert found(Label.NO_MASK) == [shot(1).id, shot(1, camera_id="other").id]
            assert found(Label.MASK_CORRECT, before=NOON + 2 * SECOND) == [shot(1).id]
            assert found(Label.MASK_CORRECT, limit=1) == [shot(2).id]
            assert found(Label.UNCERTAIN) == []

    def test_a_camera_s_shots_are_counted_by_outcome(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number, outcome in enumerate([Outcome.FAILED, Outcome.PREDICTED, Outcome.PREDICTED, Outcome.TAKEN]):
                unit.shots.record(shot(number, outcome=outcome))
            unit.shots.record(shot(2, camera_id="other", outcome=Outcome.EXPIRED))
            assert unit.shots.count("cam", after=NOON + SECOND) == {Outcome.PREDICTED: 2, Outcome.TAKEN: 1}
            assert unit.shots.count("cam", after=NOON + 9 * SECOND) == {}

    def test_the_latest_predicted_shot_of_each_camera(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.shots.latest(["cam"]) == {}
            for number in range(3):
                unit.shots.record(shot(number, outcome=Outcome.PREDICTED))
                unit.shots.record(shot(number, camera_id="other", outcome=Outcome.PREDICTED))
            unit.shots.record(shot(9))
            unit.shots.record(shot(camera_id="dark", outcome=Outcome.FAILED))
            newest = shot(2, outcome=Outcome.PREDICTED)
            assert unit.shots.latest(["cam", "dark", "never"]) == {"cam": newest}
            assert set(unit.shots.latest(iter(["cam", "other"]))) == {"cam", "other"}
            assert unit.shots.latest([]) == {}
