"""What the analyzer asks of many rows at once: the same answers as one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from repository_values import BARE_CAMERA, CAMERA, EVENT, HOUR, NOON, SECOND, prediction, shot

from common.domain.event import EventState
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.sighting import Sighting
from common.domain.statistics import Grouping, Statistics
from common.ports.repository import Repository


def test_shots_in_a_batch_follow_each_other(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.shots.record(shot(2))
        told = [
            shot(1, image_key="1.jpg"),
            shot(0),
            shot(2, outcome=Outcome.EXPIRED, reason="old"),
            shot(1, outcome=Outcome.PREDICTED),
            shot(2, outcome=Outcome.PREDICTED),
            shot(0),
        ]
        taken, expired = Outcome.TAKEN, Outcome.EXPIRED
        assert unit.shots.record_many(told) == [None, None, taken, taken, expired, taken]
    with repository.begin() as unit:
        assert unit.shots.get(shot(1).id) == shot(1, outcome=Outcome.PREDICTED, image_key="1.jpg")
        assert unit.shots.get(shot(2).id) == shot(2, outcome=Outcome.EXPIRED, reason="old")
        assert unit.shots.record_many([]) == []


def test_of_the_same_batches_at_once_one_is_the_first(repository: Repository) -> None:
    def record(number: int) -> list[Outcome | None]:
        batch = [shot(each) for each in range(20)]
        with repository.begin() as unit:
            return unit.shots.record_many(batch if number % 2 else batch[::-1])

    with ThreadPoolExecutor(4) as pool:
        answers = [answer for batch in pool.map(record, range(8)) for answer in batch]
    assert (answers.count(None), answers.count(Outcome.TAKEN)) == (20, 140)


def test_the_newest_shot_of_each_camera_may_be_a_skipped_one_or_not(repository: Repository) -> None:
    failed, skipped = shot(3, outcome=Outcome.FAILED), shot(4, outcome=Outcome.SKIPPED)
    with repository.begin() as unit:
        unit.shots.record_many([shot(0), failed, skipped, shot(1, camera_id="other")])
        assert unit.shots.newest(["cam", "other"], after=NOON + 2 * SECOND) == {"cam": skipped}
        assert unit.shots.newest(["cam", "none"], after=NOON, skipped=False) == {"cam": failed}
        assert unit.shots.newest([], after=NOON) == {}


def test_the_oldest_shot_that_waits(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.shots.record_many([shot(0), shot(1, outcome=Outcome.PREDICTED), shot(3), shot(2, camera_id="other")])
        assert unit.shots.oldest_waiting(["cam", "other"], after=NOON + SECOND) == shot(2, camera_id="other")
        assert unit.shots.oldest_waiting(["cam"], after=NOON + 4 * SECOND) is None


def test_of_predictions_those_are_added_that_are_new(repository: Repository) -> None:
    first, second, third = (prediction(number, Label.NO_MASK) for number in range(3))
    with repository.begin() as unit:
        assert unit.predictions.add_many([second]) == {second.snapshot_id}
        assert unit.predictions.add_many([third, second, first]) == {first.snapshot_id, third.snapshot_id}
        assert unit.predictions.add_many([]) == set()
        assert unit.predictions.get(second.snapshot_id) == second


def test_predictions_come_in_the_order_of_capture(repository: Repository) -> None:
    early, tied, late = prediction(0), prediction(1), replace(prediction(2), captured_at=prediction(1).captured_at)
    with repository.begin() as unit:
        unit.predictions.add_many([late, early, tied, prediction(3, camera_id="other")])
        assert unit.predictions.captured_after("cam", early.captured_at) == [tied, late]
        assert unit.predictions.captured_after("cam", early.captured_at - SECOND) == [early, tied, late]


def test_an_event_may_begin_where_another_ends_in_one_batch(repository: Repository) -> None:
    ended = replace(EVENT, state=EventState.RESOLVED, resolved_at=NOON + SECOND)
    begun = replace(EVENT, id="next", started_at=NOON + SECOND)
    with repository.begin() as unit:
        unit.events.save(EVENT)
        unit.events.save_many([ended, begun])
        assert unit.events.get_many(["event", "next", "never"]) == {"event": ended, "next": begun}
        assert unit.events.open() == [begun]


def test_histories_are_held_and_saved_together(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.histories.save_many({"a": "1"})
        assert unit.histories.hold_many(["b", "a", "b"]) == {"a": "1", "b": None}
        unit.histories.save_many({"a": "2", "b": "3"})
    with repository.begin() as unit:
        assert unit.histories.hold_many(["a", "b"]) == {"a": "2", "b": "3"}
        assert unit.histories.hold_many([]) == {}


def test_sightings_are_saved_and_found_together(repository: Repository) -> None:
    one = Sighting(id="1", camera_id="cam", began_at=NOON, seen_at=NOON, shots=1, label=Label.UNCERTAIN)
    grown, two = replace(one, shots=2), replace(one, id="2", began_at=NOON + SECOND)
    with repository.begin() as unit:
        unit.sightings.save_many([one, two])
        unit.sightings.save_many([grown])
        assert unit.sightings.get_many(["1", "2", "3"]) == {"1": grown, "2": two}


def test_counts_of_many_rows_are_added(repository: Repository) -> None:
    hour = NOON - timedelta(microseconds=NOON.microsecond)
    counted = Statistics(start=hour, camera_id="cam", shots={Outcome.TAKEN: 2}, faces={Label.NO_MASK: 1}, events=1)
    moved = replace(counted, shots={Outcome.TAKEN: -1, Outcome.PREDICTED: 1}, faces={}, events=0, alerts=1)
    with repository.begin() as unit:
        unit.statistics.add_many([counted, replace(counted, camera_id="a"), replace(counted, start=hour + HOUR)])
        unit.statistics.add_many([moved, replace(counted, zone="till")])
        [row] = unit.statistics.query(by=Grouping.HOUR, camera_id="cam", end=hour + HOUR)
    assert row.shots == {Outcome.TAKEN: 1, Outcome.PREDICTED: 1}
    assert (row.faces, row.events, row.alerts) == ({Label.NO_MASK: 1}, 1, 1)


def test_those_of_the_cameras_that_exist(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.cameras.add(CAMERA)
        unit.cameras.add(BARE_CAMERA)
        assert unit.cameras.get_many(["bare", "never"]) == {"bare": BARE_CAMERA}
