"""Figures of detector and classifier together, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_evaluation import BARE, PROPERLY, SURE, WRONGLY, draws, seen, square

from training.evaluation.pipeline import THREE, TWO, mean_average_precision, pipeline_figures

A, B, C, NOWHERE = square(0, 0, 40), square(100, 0, 40), square(200, 0, 40), square(300, 300, 40)
NEARLY_NONE = (0.4, 0.3, 0.3)


def figures(*pictures: object) -> dict:
    return pipeline_figures(list(pictures), draws(len(pictures)), min_face=24.0, min_score=0.5)  # type: ignore[arg-type]


def test_an_unfound_face_is_wrong_in_one_figure_and_absent_from_the_other() -> None:
    """A is found and right, B is found and called bare, C lies under the served score."""
    one = seen(
        [(A, BARE), (B, PROPERLY), (C, PROPERLY)],
        [(A, 0.9), (B, 0.8), (C, 0.4)],
        found_classes=[SURE[BARE], SURE[BARE], SURE[PROPERLY]],
    )
    result = figures(one)
    assert result["found"]["value"] == pytest.approx(2 / 3)
    assert (result["mask_or_none_of_found"]["value"], result["mask_or_none_of_found"]["of"]) == (0.5, 2)
    assert result["mask_or_none_with_unfound"]["value"] == pytest.approx(1 / 3)
    assert result["accuracy_with_unfound"]["of"] == 3


def test_a_detection_with_too_little_overlap_finds_nobody() -> None:
    result = figures(seen([(A, PROPERLY)], [(square(20, 0, 40), 0.9)]))
    assert result["found"]["value"] == 0
    assert result["mask_or_none_of_found"]["value"] is None
    assert result["mask_or_none_with_unfound"]["value"] == 0


def test_an_unfound_bare_face_is_wrong_though_nothing_says_mask() -> None:
    assert figures(seen([(A, BARE)], []))["mask_or_none_with_unfound"]["value"] == 0


def test_mask_or_none_adds_the_two_kinds_of_masks() -> None:
    result = figures(seen([(A, WRONGLY)], [(A, 0.9)], found_classes=[NEARLY_NONE]))
    assert result["mask_or_none_of_found"]["value"] == 1
    assert result["accuracy_of_found"]["value"] == 0


def test_a_found_face_without_an_answer_is_not_right() -> None:
    result = figures(seen([(A, BARE)], [(A, 0.9)], found_classes=[(np.nan,) * 3]))
    assert result["found"]["value"] == 1
    assert result["accuracy_of_found"]["value"] == 0


def mean(pictures: list, kinds: dict) -> dict:
    return mean_average_precision(pictures, draws(len(pictures)), kinds=kinds, min_face=24.0)


def test_everything_right_gives_one() -> None:
    one = seen([(A, BARE), (B, PROPERLY)], [(A, 0.9), (B, 0.9)], found_classes=[SURE[BARE], SURE[PROPERLY]])
    result = mean([one], THREE)
    assert result["value"] == 1
    assert result["classes"] == {"no_mask": 1, "mask_incorrect": None, "mask_correct": 1}


def test_a_surer_detection_on_a_face_of_another_class_costs_precision() -> None:
    """For mask_correct A (0.9 x 0.6) comes before B (0.5 x 0.8) and is wrong there: AP 1/2. For no_mask A leads."""
    one = seen([(A, BARE), (B, PROPERLY)], [(A, 0.9), (B, 0.5)], found_classes=[(0.4, 0.0, 0.6), (0.1, 0.1, 0.8)])
    result = mean([one], THREE)
    assert result["classes"]["mask_correct"] == pytest.approx(1 / 2)
    assert result["classes"]["no_mask"] == 1
    assert result["value"] == pytest.approx(3 / 4)


def test_two_classes_forgive_a_mask_of_the_wrong_kind() -> None:
    one = seen([(A, WRONGLY), (B, BARE)], [(A, 0.9), (B, 0.9)], found_classes=[(0.1, 0.0, 0.9), SURE[BARE]])
    assert mean([one], TWO)["value"] == 1
    assert mean([one], THREE)["classes"]["mask_incorrect"] < 1


def test_a_detection_on_a_small_or_unnamed_face_counts_neither_way() -> None:
    labelled = [(A, PROPERLY), (square(100, 0, 16), BARE), (C, 4)]
    found = [(square(100, 0, 16), 0.95), (C, 0.94), (A, 0.9)]
    assert mean([seen(labelled, found)], THREE)["value"] == 1


def test_a_detection_without_a_class_is_not_ranked() -> None:
    one = seen([(A, PROPERLY)], [(NOWHERE, 0.9), (A, 0.8)], found_classes=[(np.nan,) * 3, SURE[PROPERLY]])
    assert mean([one], THREE)["value"] == 1
