"""Thresholds against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.average_precision import Ranking
from training.evaluation.operating_point import curve, recall_at_precision, thinned, threshold_at_precision


def ranking(right: list[bool], *, faces: int, scores: list[float] | None = None) -> Ranking:
    given = scores or [1 - place / 100 for place in range(len(right))]
    owners = np.zeros(len(right), np.int64)
    return Ranking(
        scores=np.asarray(given, np.float32), right=np.asarray(right), owners=owners, faces=np.asarray([faces])
    )


def test_the_curve_has_a_point_per_score() -> None:
    line = curve(ranking([True, False, True], faces=4))
    assert line.precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3])
    assert line.recall.tolist() == pytest.approx([1 / 4, 1 / 4, 2 / 4])


def test_the_highest_recall_may_lie_behind_a_dip_of_precision() -> None:
    """Precision 1, 0.5, 0.67, 0.75: the fourth detection is back at 0.75."""
    line = curve(ranking([True, False, True, True], faces=4))
    assert recall_at_precision(line, 0.75) == pytest.approx(3 / 4)
    assert threshold_at_precision(line, 0.75) == pytest.approx(0.97)
    assert recall_at_precision(line, 0.8) == pytest.approx(1 / 4)


def test_no_threshold_has_a_precision_that_none_reaches() -> None:
    line = curve(ranking([False, True], faces=1))
    assert recall_at_precision(line, 0.95) == 0
    assert threshold_at_precision(line, 0.95) is None


def test_a_threshold_cannot_part_equal_scores() -> None:
    """The right one is listed first, but at its score comes the wrong one, too."""
    line = curve(ranking([True, False], faces=1, scores=[0.9, 0.9]))
    assert line.precision.tolist() == [0.5]
    assert recall_at_precision(line, 0.95) == 0


def test_a_picture_that_was_not_drawn_counts_nothing() -> None:
    merged = Ranking(
        scores=np.asarray([0.9, 0.8], np.float32),
        right=np.asarray([False, True]),
        owners=np.asarray([0, 1]),
        faces=np.asarray([1, 1]),
    )
    line = curve(merged, np.asarray([0, 2]))
    assert recall_at_precision(line, 0.95) == 1


def test_a_thinned_curve_keeps_its_ends_and_has_no_more_points_than_asked_for() -> None:
    line = curve(ranking([True] * 50 + [False] * 500, faces=60))
    points = thinned(line, 10)
    assert len(points) <= 10
    assert points[0] == (pytest.approx(1 / 60), 1)
    assert points[-1] == (pytest.approx(50 / 60), pytest.approx(50 / 550))
    assert thinned(curve(ranking([], faces=3))) == []
