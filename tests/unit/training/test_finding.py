"""Figures of a face finder, by hand."""

from __future__ import annotations

import pytest
from drawn_evaluation import BARE, PROPERLY, draws, seen, square

from training.evaluation.finding import finding_figures

SMALL, MIDDLE, LARGE = square(10, 10, 16), square(100, 100, 30), square(200, 200, 90)
LABELLED = [(SMALL, PROPERLY), (MIDDLE, PROPERLY), (LARGE, BARE)]


def figures(found: list, **changes: object) -> dict:
    given = {"min_face": 12.0, "min_score": 0.5, **changes}
    return finding_figures([seen(LABELLED, found)], draws(1), **given)  # type: ignore[arg-type]


def test_each_size_class_knows_its_own_faces_only() -> None:
    result = figures([(SMALL, 0.9), (LARGE, 0.8)])
    by_size = {name: (part["value"], part["of"]) for name, part in result["ap50_by_size"].items()}
    assert by_size == {"12-24": (1, 1), "24-48": (0, 1), ">48": (1, 1)}
    assert result["ap50"]["value"] == pytest.approx(2 / 3)
    assert result["ap50"]["of"] == 3


def test_a_wrong_detection_counts_in_its_own_size_class_and_in_the_whole() -> None:
    """The wrong one, 60 px, is surest: precision at the large face is 1/2; small and middle do not see it."""
    result = figures([(square(320, 10, 60), 0.95), (SMALL, 0.9), (MIDDLE, 0.8), (LARGE, 0.7)])
    by_size = {name: part["value"] for name, part in result["ap50_by_size"].items()}
    assert by_size == {"12-24": 1, "24-48": 1, ">48": pytest.approx(1 / 2)}
    assert result["ap50"]["value"] == pytest.approx(3 / 4)


def test_a_tiny_wrong_detection_is_wrong_unless_small_ones_are_forgiven() -> None:
    result = figures([(square(320, 10, 8), 0.95), (SMALL, 0.9), (MIDDLE, 0.8), (LARGE, 0.7)])
    assert result["ap50"]["value"] == pytest.approx(3 / 4)
    assert result["ap50_small_forgiven"]["value"] == 1


def test_faces_under_the_smallest_judged_size_are_neither_missed_nor_wrong() -> None:
    result = figures([(SMALL, 0.9), (MIDDLE, 0.8), (LARGE, 0.7)], min_face=24.0)
    assert (result["ap50"]["value"], result["ap50"]["of"]) == (1, 2)
    assert result["at_served_score"]["precision"]["of"] == 2


def test_recall_where_at_most_one_in_twenty_is_wrong() -> None:
    result = figures([(SMALL, 0.9), (MIDDLE, 0.8), (square(320, 10, 60), 0.7), (LARGE, 0.6)])
    part = result["recall_at_precision_0.95"]
    assert part["value"] == pytest.approx(2 / 3)
    assert part["min_score"] == pytest.approx(0.8)


def test_the_served_score_parts_what_is_shown_from_what_is_not() -> None:
    point = figures([(SMALL, 0.9), (square(320, 10, 60), 0.7), (LARGE, 0.4)])["at_served_score"]
    assert (point["precision"]["value"], point["precision"]["of"]) == (0.5, 2)
    assert point["recall"]["value"] == pytest.approx(1 / 3)
    assert figures([], min_score=None)["at_served_score"] is None


def test_sources_without_a_face_of_a_size_have_no_figure_instead_of_a_nought() -> None:
    result = finding_figures([seen([(LARGE, BARE)], [(LARGE, 0.9)])], draws(1), min_face=12.0)
    assert result["ap50_by_size"]["12-24"] == {"value": None, "interval": None, "of": 0}
