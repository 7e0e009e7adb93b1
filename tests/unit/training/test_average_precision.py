"""AP50 against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.average_precision import (
    Judged,
    average_precision,
    forgive_small,
    judge,
    resampled_interval,
)
from training.evaluation.operating_point import best_operating_point, operating_point

NO_REGIONS = np.zeros((0, 4), np.float32)
FACE_A, FACE_B, NOWHERE = (0, 0, 10, 10), (20, 0, 30, 10), (50, 50, 60, 60)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32).reshape(-1, 4)


def judged(found: list[tuple[float, float, float, float]], scores: list[float], **changes: np.ndarray) -> Judged:
    given = {"labelled": boxes(FACE_A, FACE_B), "ignored": NO_REGIONS, "counts": np.asarray([True, True]), **changes}
    return judge(boxes(*found), np.asarray(scores, np.float32), **given)


def test_right_wrong_right_gives_five_sixths() -> None:
    """Precision is 1 at the first of two faces and 2/3 at the second: (1 + 2/3) / 2."""
    result = judged([FACE_A, NOWHERE, FACE_B], [0.9, 0.8, 0.7])
    assert result.right.tolist() == [True, False, True]
    assert average_precision([result]) == pytest.approx((1 + 2 / 3) / 2)


def test_the_order_given_does_not_matter_but_the_scores_do() -> None:
    assert average_precision([judged([NOWHERE, FACE_B, FACE_A], [0.8, 0.7, 0.9])]) == pytest.approx(5 / 6)
    assert average_precision([judged([NOWHERE, FACE_B, FACE_A], [0.95, 0.7, 0.9])]) == pytest.approx(2 / 3)


def test_a_face_that_nobody_found_costs_its_recall() -> None:
    assert average_precision([judged([FACE_A], [0.9])]) == pytest.approx(0.5)


def test_a_second_box_on_one_face_is_wrong() -> None:
    result = judged([FACE_A, (0, 0, 10, 9)], [0.9, 0.8])
    assert result.right.tolist() == [True, False]


def test_a_box_whose_best_face_is_taken_takes_the_next_one_as_in_coco() -> None:
    """The second box overlaps the first face by 8/12 and the second one by 7/13; VOC's rule would call it wrong."""
    beside = np.asarray([(0, 0, 10, 10), (5, 0, 15, 10)], np.float32)
    result = judged([FACE_A, (2, 0, 12, 10)], [0.9, 0.8], labelled=beside)
    assert result.right.tolist() == [True, True]


def test_too_little_overlap_is_wrong() -> None:
    assert judged([(6, 0, 16, 10)], [0.9]).right.tolist() == [False]


def test_a_small_face_counts_neither_way() -> None:
    result = judged([FACE_A, FACE_B], [0.9, 0.8], counts=np.asarray([True, False]))
    assert result.right.tolist() == [True]
    assert result.faces == 1
    assert average_precision([result]) == 1


def test_a_detection_in_a_region_to_ignore_is_not_judged() -> None:
    result = judged([FACE_A, NOWHERE], [0.8, 0.9], ignored=boxes((45, 45, 65, 65)))
    assert result.right.tolist() == [True]


def test_small_wrong_detections_can_be_forgiven_and_large_ones_not() -> None:
    result = judged([FACE_A, (50, 50, 54, 54), NOWHERE], [0.9, 0.8, 0.7])
    assert forgive_small(result, 6).right.tolist() == [True, False]
    assert forgive_small(result, 6).scores.tolist() == pytest.approx([0.9, 0.7])


def test_no_detection_and_no_face_are_zero_not_an_error() -> None:
    assert average_precision([judged([], [])]) == 0
    empty = judged([], [], labelled=NO_REGIONS, counts=np.zeros(0, bool))
    assert average_precision([empty]) == 0


def test_the_interval_holds_the_value_and_is_reproducible() -> None:
    pictures = [judged([FACE_A, NOWHERE, FACE_B], [0.9, 0.8, 0.7]), judged([FACE_A], [0.6]), judged([NOWHERE], [0.5])]
    low, high = resampled_interval(pictures)
    assert low < average_precision(pictures) < high
    assert resampled_interval(pictures) == (low, high)


def test_the_operating_point_with_the_best_f1_drops_the_wrong_box() -> None:
    pictures = [judged([FACE_A, FACE_B, NOWHERE], [0.9, 0.8, 0.3])]
    assert operating_point(pictures, 0.2).precision == pytest.approx(2 / 3)
    best = best_operating_point(pictures)
    assert 0.3 < best.min_score <= 0.8
    assert (best.precision, best.recall) == (1, 1)
