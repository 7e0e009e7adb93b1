"""Several finders, one face."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.finders.found import FoundFaces
from training.labels.agreement import Trust, agree

TRUST = Trust(vote=0.5, sure=0.9)


def answer(*boxes: tuple[float, float, float, float], score: float = 0.7, known: bool = True) -> FoundFaces:
    """Landmarks, where known, lie at the boxes' centres."""
    table = np.asarray(boxes, np.float32).reshape(-1, 4)
    centres = (table[:, :2] + table[:, 2:]) / 2
    landmarks = np.repeat(centres[:, None], 5, axis=1)
    return FoundFaces(
        boxes=table,
        scores=np.full(len(table), score, np.float32),
        landmarks=landmarks if known else np.full_like(landmarks, np.nan),
    )


def test_the_median_box_of_three_finders_with_their_votes() -> None:
    faces = agree([answer((0, 0, 10, 10)), answer((1, 0, 11, 10)), answer((3, 0, 13, 10))], [TRUST] * 3)
    assert faces.boxes.tolist() == [[1, 0, 11, 10]]
    assert faces.votes.tolist() == [3]
    assert faces.scores.tolist() == pytest.approx([0.7])


def test_faces_apart_stay_apart_and_the_one_with_more_votes_comes_first() -> None:
    faces = agree([answer((50, 50, 60, 60), (0, 0, 10, 10)), answer((0, 0, 10, 10))], [TRUST] * 2)
    assert faces.boxes.tolist() == [[0, 0, 10, 10], [50, 50, 60, 60]]
    assert faces.voters.tolist() == [[True, True], [True, False]]


def test_one_finder_has_one_vote_however_often_it_answers() -> None:
    faces = agree([answer((0, 0, 10, 10), (1, 1, 11, 11)), answer((50, 0, 60, 10))], [TRUST] * 2)
    assert sorted(faces.votes.tolist()) == [1, 1, 1]


def test_a_low_score_adds_landmarks_but_no_vote() -> None:
    faces = agree([answer((0, 0, 10, 10), score=0.3), answer((0, 0, 10, 10), known=False)], [TRUST] * 2)
    assert faces.votes.tolist() == [1]
    assert faces.landmarks[0].tolist() == [[5, 5]] * 5


def test_landmarks_are_the_mean_of_those_who_know_them_and_nan_when_nobody_does() -> None:
    both = agree([answer((0, 0, 10, 10)), answer((2, 0, 12, 10)), answer((0, 0, 10, 10), known=False)], [TRUST] * 3)
    assert both.landmarks[0].tolist() == [[6, 5]] * 5
    nobody = agree([answer((0, 0, 10, 10), known=False)], [TRUST])
    assert np.isnan(nobody.landmarks).all()


def test_each_finder_is_sure_on_its_own_scale() -> None:
    found = [answer((0, 0, 10, 10), score=0.8)]
    assert agree(found, [TRUST]).sure.tolist() == [False]
    assert agree(found, [Trust(vote=0.3, sure=0.75)]).sure.tolist() == [True]


def test_the_surer_finder_gathers_first() -> None:
    """Both boxes of the second finder overlap the first finder's; the closer one joins it."""
    faces = agree([answer((0, 0, 10, 10), score=0.8), answer((3, 0, 13, 10), (1, 0, 11, 10))], [TRUST] * 2)
    assert faces.boxes.tolist() == [[0.5, 0, 10.5, 10], [3, 0, 13, 10]]


def test_no_answers_are_no_faces() -> None:
    faces = agree([answer(), answer()], [TRUST] * 2)
    assert (faces.boxes.shape, faces.landmarks.shape, faces.voters.shape) == ((0, 4), (0, 5, 2), (0, 2))
    assert faces.votes.tolist() == []
