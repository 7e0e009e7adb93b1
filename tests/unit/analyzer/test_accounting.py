"""Numbers that stay exact however often and in whatever order the messages come."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import BARE, MASKED, UNSURE, at, make_camera, make_face, make_prediction, make_shot

from analyzer.accounting import record_shots
from analyzer.evaluation import record_predictions
from common.adapters.open import open_repository
from common.domain.camera import Zone, ZoneMode
from common.domain.shot import Outcome, image_key
from common.domain.statistics import Grouping
from common.errors import NotFound


def take(repository, *messages):
    for message in messages:
        with repository.begin() as unit:
            if hasattr(message, "outcome"):
                record_shots(unit, [message])
            else:
                record_predictions(unit, [message], now=at(0))


def totals(repository):
    with repository.begin() as unit:
        rows = unit.statistics.query(by=Grouping.CAMERA)
    shots, faces = Counter(), Counter()
    for row in rows:
        shots.update(row.shots)
        faces.update(row.faces)
    return +shots, +faces


@pytest.fixture(autouse=True)
def camera(request):
    if "repository" in request.fixturenames:
        with request.getfixturevalue("repository").begin() as unit:
            unit.cameras.add(make_camera())


def test_a_shot_moves_from_taken_to_predicted(repository):
    take(repository, make_shot(0))
    assert totals(repository) == ({Outcome.TAKEN: 1}, {})
    take(repository, make_prediction(0, BARE, BARE, MASKED, UNSURE))
    assert totals(repository) == ({Outcome.PREDICTED: 1}, {BARE: 2, MASKED: 1, UNSURE: 1})


def test_a_prediction_may_come_before_the_news_that_its_shot_was_taken(repository):
    take(repository, make_prediction(0, BARE), make_shot(0))
    assert totals(repository) == ({Outcome.PREDICTED: 1}, {BARE: 1})


def test_an_expired_shot_stays_expired(repository):
    take(repository, make_shot(0, Outcome.EXPIRED), make_prediction(0, BARE))
    assert totals(repository) == ({Outcome.EXPIRED: 1}, {})
    with repository.begin() as unit, pytest.raises(NotFound):
        unit.predictions.get(make_prediction(0).snapshot_id)


def test_only_faces_that_count_are_counted(repository):
    poster = Zone(name="poster", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)), mode=ZoneMode.IGNORE)
    with repository.begin() as unit:
        unit.cameras.update(make_camera(zones=(poster,), min_face_px=20))
    faces = (make_face(BARE), make_face(BARE, (0, 0, 10, 10)), make_face(MASKED, (150, 40, 180, 70)))
    take(repository, make_prediction(0, faces=faces))
    assert totals(repository)[1] == {BARE: 1}


def test_a_picture_of_a_camera_that_was_removed_is_recorded_and_counted_as_a_shot(repository):
    take(repository, make_prediction(0, BARE, camera_id="gone"))
    assert totals(repository) == ({Outcome.PREDICTED: 1}, {})
    with repository.begin() as unit:
        assert len(unit.predictions.get(make_prediction(0, camera_id="gone").snapshot_id).faces) == 1


def test_numbers_go_to_the_hour_of_the_slot(repository):
    take(repository, make_prediction(3599.5, BARE), make_prediction(3600, MASKED, captured_at=at(3601)))
    with repository.begin() as unit:
        rows = unit.statistics.query(by=Grouping.HOUR)
    assert [(row.start, row.faces) for row in rows] == [(at(0), {BARE: 1}), (at(3600), {MASKED: 1})]


STORIES = [
    [make_shot],
    [make_shot, make_prediction],
    [make_shot, lambda slot: make_shot(slot, Outcome.EXPIRED)],
    [make_shot, lambda slot: make_shot(slot, Outcome.DEAD_LETTERED)],
    [lambda slot: make_shot(slot, Outcome.SKIPPED)],
    [lambda slot: make_shot(slot, Outcome.FAILED)],
]
LAST = [Outcome.TAKEN, Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED, Outcome.SKIPPED, Outcome.FAILED]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(STORIES) - 1), max_size=12), st.integers(1, 3), st.randoms(use_true_random=False))
def test_each_slot_is_counted_once_under_duplicates_in_any_order(stories, copies, shuffler: random.Random):
    messages = [
        make_prediction(slot, BARE, MASKED) if tell is make_prediction else tell(slot)
        for slot, story in enumerate(stories)
        for tell in STORIES[story]
    ] * copies
    shuffler.shuffle(messages)
    with tempfile.TemporaryDirectory() as folder:
        repository = open_repository(f"sqlite:///{folder}/maskwatch.db")
        repository.upgrade()
        with repository.begin() as unit:
            unit.cameras.add(make_camera())
        take(repository, *messages)
        shots, faces = totals(repository)
        repository.close()
    assert shots == Counter(LAST[story] for story in stories)
    assert shots.total() == len(stories)
    predicted = stories.count(1)
    assert faces == +Counter({BARE: predicted, MASKED: predicted})


def test_a_picture_is_observed_even_if_the_next_grabber_knew_nothing_of_it(repository):
    take(repository, make_shot(0), make_shot(0, Outcome.SKIPPED))
    assert totals(repository) == ({Outcome.TAKEN: 1}, {})
    take(repository, make_prediction(0, BARE))
    assert totals(repository) == ({Outcome.PREDICTED: 1}, {BARE: 1})


def test_the_prediction_of_a_grabber_that_had_lost_the_camera_changes_nothing(repository):
    taken = replace(make_shot(0), image_key=image_key("door", at(0), token=5))
    stale = make_prediction(0, BARE, image_key=image_key("door", at(0), token=4))
    take(repository, taken, stale)
    with repository.begin() as unit:
        assert unit.shots.get(taken.id) == taken
        assert unit.predictions.get_many([taken.id]) == {}
    assert totals(repository) == ({Outcome.TAKEN: 1}, {})
    take(repository, make_prediction(0, BARE, image_key=taken.image_key))
    assert totals(repository)[0] == {Outcome.PREDICTED: 1}
