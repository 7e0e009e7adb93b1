"""Figures of a classifier on labelled faces, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_evaluation import BARE, PROPERLY, WRONGLY, draws, seen, square

from training.evaluation.naming import NamedFaces, balanced_accuracy, calibration_error, named_faces, naming_figures
from training.evaluation.statistics import calibration_error as unweighted_error

LARGE = square(0, 0, 40)


def faces(
    probabilities: list[tuple[float, float, float]], labels: list[int], owners: list[int] | None = None
) -> NamedFaces:
    count = len(labels)
    return NamedFaces(
        probabilities=np.asarray(probabilities, np.float64),
        labels=np.asarray(labels),
        owners=np.asarray(owners if owners is not None else [0] * count),
        places=np.arange(count),
    )


def figures(given: NamedFaces, uncertain_below: float = 0.6) -> dict:
    return naming_figures(given, draws(int(given.owners.max()) + 1), uncertain_below=uncertain_below)


def test_shares_and_confusion_of_four_faces() -> None:
    result = figures(faces([(0.9, 0.05, 0.05), (0.2, 0.7, 0.1), (0.1, 0.2, 0.7), (0.1, 0.6, 0.3)], [0, 0, 2, 2]))
    assert result["confusion"] == [[1, 1, 0], [0, 0, 0], [0, 1, 1]]
    assert result["accuracy"]["value"] == 0.5
    assert result["recall"]["no_mask"]["value"] == 0.5
    assert result["recall"]["mask_incorrect"] == {"value": None, "interval": None, "of": 0}
    assert result["precision"]["mask_incorrect"]["value"] == 0
    assert result["balanced_accuracy"]["value"] == 0.5


def test_a_mask_worn_wrongly_is_a_mask_even_when_neither_kind_beats_none() -> None:
    """0.40 for none is the likeliest of three, but 0.60 say that there is a mask."""
    result = figures(faces([(0.4, 0.3, 0.3), (0.55, 0.45, 0.0)], [1, 0]))
    assert result["accuracy"]["value"] == 0.5
    assert result["mask_or_none"]["value"] == 1


def test_recall_of_wrongly_worn_where_seven_in_ten_calls_are_right() -> None:
    """By falling probability: right, right, wrong (precision 0.67), right (0.75), wrong (0.60)."""
    wrongly = [0.9, 0.8, 0.7, 0.6, 0.5]
    given = faces([(1 - p, p, 0) for p in wrongly], [1, 1, 2, 1, 0])
    part = figures(given)["mask_incorrect_recall_at_precision_0.70"]
    assert part["value"] == 1
    assert part["min_probability"] == pytest.approx(0.6)
    assert part["of"] == 3


def test_the_calibration_error_weighs_its_bins_by_faces() -> None:
    """Two of 0.95 all right (gap 0.05), two of 0.55 all wrong (gap 0.55): the mean is 0.30."""
    given = faces([(0.95, 0.05, 0), (0.95, 0.05, 0), (0.55, 0.45, 0), (0.55, 0.45, 0)], [0, 0, 1, 1])
    result = figures(given)
    assert result["calibration_error"]["value"] == pytest.approx(0.30)
    assert result["calibration_error"]["value"] == pytest.approx(unweighted_error(given.probabilities, given.labels))
    bins = [(row["confidence"], row["accuracy"]["value"], row["accuracy"]["of"]) for row in result["reliability"]]
    assert bins == [(pytest.approx(0.55), 0, 2), (pytest.approx(0.95), 1, 2)]


def test_a_picture_drawn_twice_counts_twice() -> None:
    given = faces([(0.9, 0.1, 0), (0.9, 0.1, 0), (0.1, 0.1, 0.8)], [0, 2, 2], owners=[0, 1, 2])
    assert balanced_accuracy(given, np.asarray([1, 1, 1])) == pytest.approx((1 + 1 / 2) / 2)
    assert balanced_accuracy(given, np.asarray([1, 2, 1])) == pytest.approx((1 + 1 / 3) / 2)
    assert balanced_accuracy(given, np.asarray([0, 0, 0])) is None
    assert calibration_error(given, np.asarray([0, 1, 0])) == pytest.approx(0.9)


def test_uncertain_answers_are_left_out_of_certain_alarms() -> None:
    given = faces([(0.9, 0.1, 0), (0.55, 0.45, 0), (0.1, 0.1, 0.8)], [0, 1, 2])
    result = figures(given)
    assert result["uncertain_share"]["value"] == pytest.approx(1 / 3)
    assert result["precision"]["no_mask"]["value"] == 0.5
    assert result["no_mask_precision_when_certain"]["value"] == 1
    assert result["accuracy_when_certain"]["of"] == 2


def test_only_large_faces_with_a_mask_label_are_named() -> None:
    labelled = [(LARGE, WRONGLY), (square(100, 0, 20), BARE), (square(200, 0, 40), 4), (square(300, 0, 40), PROPERLY)]
    answers = [(0.1, 0.8, 0.1), (0.8, 0.1, 0.1), (np.nan,) * 3, (0.1, 0.1, 0.8)]
    named = named_faces([seen(labelled, [], labelled_classes=answers)], 24.0)
    assert named.labels.tolist() == [1, 2]
    assert named.places.tolist() == [0, 3]
    assert named.called.tolist() == [1, 2]
    assert len(named_faces([seen([], [])], 24.0).labels) == 0
