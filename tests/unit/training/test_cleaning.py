"""What becomes of labels once finders have looked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.dataset.coco import FACE, Picture
from training.labels.agreement import AgreedFaces
from training.labels.cleaning import Rules, clean_labels, clean_made_labels
from training.labels.verdicts import Change, Cleaned

Box = tuple[float, float, float, float]
HERE: Box = (10, 10, 30, 30)
THERE: Box = (60, 60, 84, 84)
RULES = Rules()


def picture(*boxes: Box, ignored: tuple[Box, ...] = (), category: int = 3) -> Picture:
    return Picture(
        path=Path("drawn.png"),
        width=100,
        height=100,
        source="drawn",
        boxes=np.asarray(boxes, np.float32).reshape(-1, 4),
        categories=np.full(len(boxes), category, np.int64),
        points=np.full((len(boxes), 5, 2), np.nan, np.float32),
        ignored=np.asarray(ignored, np.float32).reshape(-1, 4),
    )


def agreed(*faces: tuple[Box, str], sure: bool = False) -> AgreedFaces:
    """Faces with their voters, a letter for each of the finders a, b and c; landmarks lie at the centre."""
    boxes = np.asarray([box for box, _ in faces], np.float32).reshape(-1, 4)
    return AgreedFaces(
        boxes=boxes,
        landmarks=np.repeat(((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None], 5, axis=1),
        scores=np.full(len(faces), 0.7, np.float32),
        voters=np.asarray([[name in voters for name in "abc"] for _, voters in faces], bool).reshape(-1, 3),
        sure=np.full(len(faces), sure),
    )


def changes(cleaned: Cleaned) -> dict[str, int]:
    return dict(Counter(str(verdict.change) for verdict in cleaned.verdicts))


def test_a_label_keeps_its_box_and_gets_landmarks_votes_and_score() -> None:
    cleaned = clean_labels(picture(HERE), agreed(((12, 10, 32, 30), "ab")), RULES)
    assert cleaned.labelled.picture.boxes.tolist() == [list(HERE)]
    assert cleaned.labelled.picture.points[0].tolist() == [[22, 20]] * 5
    assert cleaned.labelled.votes.tolist() == [2]
    assert cleaned.labelled.scores.tolist() == pytest.approx([0.7])
    assert changes(cleaned) == {"landmarks_lent": 1}


def test_landmarks_that_are_known_are_not_replaced() -> None:
    known = picture(HERE)
    known.points[:] = 7
    cleaned = clean_labels(known, agreed((HERE, "abc")), RULES)
    assert (cleaned.labelled.picture.points == 7).all()
    assert changes(cleaned) == {}


def test_a_tight_label_is_matched_by_the_landmarks_in_it() -> None:
    tight, whole = (10, 20, 30, 40), (8, 4, 32, 42)
    loose = agreed((whole, "a"))
    loose.landmarks[:] = (20, 28)
    assert changes(clean_labels(picture(tight), loose, RULES)) == {"landmarks_lent": 1}
    loose.landmarks[:] = (20, 15)
    assert changes(clean_labels(picture(tight), loose, RULES)) == {}


@pytest.mark.parametrize(("voters", "sure", "regions"), [("ab", False, 1), ("a", False, 0), ("a", True, 1)])
def test_a_face_without_a_label_is_ignored_when_two_see_it_or_one_is_sure(
    voters: str, sure: bool, regions: int
) -> None:
    cleaned = clean_labels(picture(HERE), agreed((HERE, "abc"), (THERE, voters), sure=sure), RULES)
    assert cleaned.labelled.picture.boxes.tolist() == [list(HERE)]
    assert cleaned.labelled.picture.ignored.tolist() == [list(THERE)] * regions


def test_a_part_of_a_labelled_face_is_no_forgotten_face() -> None:
    cleaned = clean_labels(picture(HERE), agreed((HERE, "abc"), ((12, 12, 20, 20), "ab")), RULES)
    assert len(cleaned.labelled.picture.ignored) == 0


def test_a_forgotten_face_in_a_region_to_ignore_needs_no_other() -> None:
    cleaned = clean_labels(picture(ignored=((50, 50, 100, 100),)), agreed((THERE, "abc")), RULES)
    assert cleaned.labelled.picture.ignored.tolist() == [[50, 50, 100, 100]]


def test_a_label_that_nobody_sees_stays_and_is_reported_unless_it_is_tiny() -> None:
    cleaned = clean_labels(picture(HERE, (60, 60, 68, 68)), agreed(), RULES)
    assert len(cleaned.labelled.picture.boxes) == 2
    assert [verdict.box for verdict in cleaned.verdicts if verdict.change is Change.DOUBTED] == [HERE]
    assert cleaned.labelled.votes.tolist() == [0, 0]


def test_of_two_labels_on_one_face_the_better_fitting_stays() -> None:
    cleaned = clean_labels(picture((10, 10, 31, 33), HERE), agreed((HERE, "abc")), RULES)
    assert cleaned.labelled.picture.boxes.tolist() == [list(HERE)]
    assert changes(cleaned) == {"dropped": 1, "landmarks_lent": 1}


def made(*boxes: Box, ignored: tuple[Box, ...] = ()) -> Picture:
    return picture(*boxes, ignored=ignored, category=FACE)


@pytest.mark.parametrize("suspects", [(), ((HERE, ""),)])
def test_a_made_label_that_no_vote_confirms_is_ignored(suspects: tuple[tuple[Box, str], ...]) -> None:
    confirmed = clean_made_labels(made(HERE), agreed((HERE, "b")), RULES)
    assert confirmed.labelled.picture.boxes.tolist() == [list(HERE)]
    lonely = clean_made_labels(made(HERE), agreed(*suspects), RULES)
    assert len(lonely.labelled.picture.boxes) == 0
    assert lonely.labelled.picture.ignored.tolist() == [list(HERE)]
    assert changes(lonely) == {"demoted": 1}


def test_a_tiny_made_label_stays_without_confirmation() -> None:
    cleaned = clean_made_labels(made((10, 10, 20, 22)), agreed(), RULES)
    assert cleaned.labelled.picture.boxes.tolist() == [[10, 10, 20, 22]]
    assert changes(cleaned) == {}


def test_faces_in_regions_to_ignore_need_two_votes_and_replace_their_region() -> None:
    head = (56, 50, 88, 90)
    cleaned = clean_made_labels(made(HERE, ignored=(head,)), agreed((HERE, "abc"), (THERE, "bc")), RULES)
    new = cleaned.labelled.picture
    assert new.boxes.tolist() == [list(HERE), list(THERE)]
    assert new.categories.tolist() == [FACE, FACE]
    assert new.points[1].tolist() == [[72, 72]] * 5
    assert len(new.ignored) == 0
    assert cleaned.labelled.votes.tolist() == [3, 2]
    assert changes(cleaned) == {"landmarks_lent": 1, "added": 1}


def test_a_wide_region_stays_around_an_added_face() -> None:
    crowd = (0, 0, 100, 100)
    cleaned = clean_made_labels(made(ignored=(crowd,)), agreed((THERE, "bc")), RULES)
    assert cleaned.labelled.picture.ignored.tolist() == [list(crowd)]


@pytest.mark.parametrize(("voters", "expected"), [("abc", "added"), ("bc", "ignored")])
def test_faces_elsewhere_need_three_votes_and_are_ignored_with_two(voters: str, expected: str) -> None:
    cleaned = clean_made_labels(made(), agreed((THERE, voters)), RULES)
    assert changes(cleaned) == {expected: 1}
    assert len(cleaned.labelled.picture.ignored) == (expected == "ignored")


def test_two_agreed_faces_on_one_head_become_one() -> None:
    cleaned = clean_made_labels(made(), agreed((THERE, "abc"), ((60, 66, 84, 90), "abc")), RULES)
    assert cleaned.labelled.picture.boxes.tolist() == [list(THERE)]


@pytest.mark.parametrize("clean", [clean_labels, clean_made_labels])
def test_a_picture_without_anything_stays_empty(clean) -> None:
    cleaned = clean(picture(), agreed(), RULES)
    assert cleaned.labelled.picture.boxes.shape == (0, 4)
    assert cleaned.verdicts == ()
