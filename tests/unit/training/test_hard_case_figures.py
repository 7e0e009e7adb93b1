"""Rows of the hard cases, by hand."""

from __future__ import annotations

import pytest
from drawn_evaluation import BARE, PROPERLY, SURE, seen, square

from training.evaluation.cases import case_figures, trusted

A, B, C = square(0, 0, 40), square(100, 0, 40), square(200, 0, 40)
# A has a hand before it and is not found; B is found and called bare; C has no case and everything is right.
PICTURE = seen(
    [(A, BARE), (B, PROPERLY), (C, PROPERLY)],
    [(B, 0.9), (C, 0.8)],
    found_classes=[SURE[BARE], SURE[PROPERLY]],
    labelled_classes=[SURE[BARE], SURE[BARE], SURE[PROPERLY]],
)
TAGS = {"drawn.png": (frozenset({"hand"}), frozenset({"hand", "label_wrong"}), frozenset())}


def test_a_face_counts_under_each_of_its_cases() -> None:
    rows = case_figures([PICTURE], TAGS, min_face=24.0, min_score=0.5)
    assert list(rows) == ["hand", "label_wrong", "no case"]
    assert (rows["hand"]["found"]["value"], rows["hand"]["found"]["of"]) == (0.5, 2)
    assert rows["hand"]["accuracy"]["value"] == 0.5
    assert rows["hand"]["accuracy_with_unfound"]["value"] == 0
    assert rows["label_wrong"]["mask_or_none_with_unfound"]["value"] == 0
    assert rows["no case"]["accuracy_with_unfound"]["value"] == 1


def test_pictures_without_a_tag_give_no_rows() -> None:
    assert case_figures([PICTURE], {}, min_face=24.0, min_score=0.5) == {}


def test_a_doubtful_label_is_not_trusted() -> None:
    assert trusted([PICTURE], TAGS, 24.0).tolist() == [True, False, True]
    assert trusted([PICTURE], {}, 24.0).all()


@pytest.mark.parametrize("size", [41.0, 100.0])
def test_faces_that_are_too_small_have_no_row(size: float) -> None:
    assert case_figures([PICTURE], TAGS, min_face=size, min_score=0.5) == {}
