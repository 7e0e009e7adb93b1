"""Faces of two models are the same face from an IoU of 0.5 on, and each belongs to one pair."""

from __future__ import annotations

import pytest

from common.domain.prediction import Box, Face, Label
from model_api.comparison import compare, iou


def _face(box: Box, label: Label = Label.NO_MASK) -> Face:
    return Face(box=box, score=0.9, landmarks=(), label=label, probabilities={})


LEFT, RIGHT = _face((0, 0, 10, 10)), _face((100, 0, 110, 10))


@pytest.mark.parametrize(
    ("other", "expected"),
    [((0, 0, 10, 10), 1.0), ((0, 0, 10, 5), 0.5), ((5, 0, 15, 10), 1 / 3), ((10, 0, 20, 10), 0), ((2, 2, 2, 2), 0)],
)
def test_iou(other: Box, expected: float) -> None:
    assert iou((0, 0, 10, 10), other) == pytest.approx(expected)
    assert iou(other, (0, 0, 10, 10)) == pytest.approx(expected)


def test_faces_are_told_by_who_found_them() -> None:
    near = _face((1, 0, 11, 10), Label.UNCERTAIN)
    far = _face((50, 50, 60, 60))
    found = compare([LEFT, RIGHT], [far, near])
    assert found.both == ((LEFT, near),)
    assert (found.champion_only, found.challenger_only) == ((RIGHT,), (far,))


def test_the_closest_pair_is_one_and_a_second_box_on_the_face_is_alone() -> None:
    closer, further = _face((0, 0, 10, 9)), _face((0, 0, 10, 7))
    found = compare([LEFT], [further, closer])
    assert (found.both, found.challenger_only) == (((LEFT, closer),), (further,))
    mirrored = compare([further, closer], [LEFT])
    assert (mirrored.both, mirrored.champion_only) == (((closer, LEFT),), (further,))


def test_half_an_overlap_is_enough_and_less_is_not() -> None:
    assert compare([LEFT], [_face((0, 0, 10, 5))]).both
    assert not compare([LEFT], [_face((0, 0, 10, 4.99))]).both


def test_nobody_is_no_pair() -> None:
    empty = compare([], [])
    assert (empty.both, empty.champion_only, empty.challenger_only) == ((), (), ())
