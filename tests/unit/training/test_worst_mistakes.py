"""Which mistakes are shown, and in which order."""

from __future__ import annotations

from drawn_evaluation import BARE, PROPERLY, seen, square

from training.evaluation.mistakes import MOST, missed_faces, wrong_classes, wrong_detections

A, B, SMALL, NOWHERE = square(0, 0, 40), square(100, 0, 60), square(200, 0, 8), square(300, 300, 40)


def test_the_surest_wrong_detection_comes_first_and_right_ones_do_not_come() -> None:
    one = seen([(A, PROPERLY)], [(A, 0.95), (NOWHERE, 0.6), (square(18, 0, 40), 0.9)])
    mistakes = wrong_detections([one], min_face=12.0)
    assert [mistake.says for mistake in mistakes] == [
        "score 0.90, IoU with a label 0.38",
        "score 0.60, IoU with a label 0.00",
    ]


def test_a_detection_on_a_small_face_is_no_mistake() -> None:
    assert wrong_detections([seen([(SMALL, PROPERLY)], [(SMALL, 0.9)])], min_face=12.0) == []


def test_the_largest_missed_face_comes_first() -> None:
    one = seen([(A, PROPERLY), (B, BARE), (SMALL, BARE)], [(A, 0.3)])
    mistakes = missed_faces([one], min_face=12.0, min_score=0.5)
    assert [mistake.says for mistake in mistakes] == ["no_mask, 60 px", "mask_correct, 40 px"]


def test_the_surest_wrong_class_comes_first() -> None:
    one = seen(
        [(A, PROPERLY), (B, BARE), (NOWHERE, BARE)],
        [],
        labelled_classes=[(0.6, 0.2, 0.2), (0.0, 0.1, 0.9), (0.9, 0.1, 0.0)],
    )
    mistakes = wrong_classes([one], min_face=24.0)
    assert [mistake.says for mistake in mistakes] == [
        "called mask_correct 0.90, label no_mask",
        "called no_mask 0.60, label mask_correct",
    ]


def test_no_more_than_one_looks_at() -> None:
    many = [seen([(A, PROPERLY)], []) for _ in range(MOST + 5)]
    assert len(missed_faces(many, min_face=12.0, min_score=0.5)) == MOST
