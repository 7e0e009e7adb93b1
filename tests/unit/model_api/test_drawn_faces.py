"""Faces drawn on pictures: seen, told apart, and nothing hidden, at every size."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from common.domain.prediction import Face, Label, PictureResult
from model_api.arrays import Pixels
from model_api.draw import COLOURS, draw_faces

GREY = 128


def _drawn(width: int, height: int, *faces: Face) -> Pixels:
    picture = np.full((height, width, 3), GREY, np.uint8)
    return draw_faces(picture, PictureResult(width=width, height=height, faces=faces))


def _face(left: float, top: float, size: float, label: Label = Label.NO_MASK) -> Face:
    points = tuple(
        (left + size * x, top + size * y) for x, y in ((0.3, 0.4), (0.7, 0.4), (0.5, 0.5), (0.4, 0.8), (0.6, 0.8))
    )
    return Face(
        box=(left, top, left + size, top + size),
        score=0.9,
        landmarks=points,
        label=label,
        probabilities={"no_mask": 0.98, "mask_incorrect": 0.01, "mask_correct": 0.01},
        uncovered=(),
    )


def _count(picture: Pixels, label: Label) -> int:
    return int((picture == COLOURS[label]).all(axis=2).sum())


@pytest.mark.parametrize("label", list(COLOURS))
def test_every_label_has_its_colour(label: Label) -> None:
    drawn = _drawn(640, 480, _face(200, 200, 100, label))
    assert _count(drawn, label) > 1000
    assert all(_count(drawn, other) == 0 for other in COLOURS if other is not label)


def test_the_colours_differ_in_lightness_or_blueness_which_all_eyes_see() -> None:
    for first, second in itertools.combinations(COLOURS.values(), 2):
        lightness = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (first, second)]
        assert abs(lightness[0] - lightness[1]) > 15 or abs(first[2] - second[2]) > 60


@pytest.mark.parametrize("size", [6, 12, 20])
@pytest.mark.parametrize("width", [200, 1280, 3840])
def test_a_tiny_face_is_not_painted_over(size: int, width: int) -> None:
    drawn = _drawn(width, width * 9 // 16, _face(100, 80, size))
    inside = drawn[81 : 80 + size, 101 : 100 + size]
    assert (inside == GREY).all()


def test_the_box_is_seen_on_its_own_colour() -> None:
    picture = np.empty((480, 640, 3), np.uint8)
    picture[:] = COLOURS[Label.NO_MASK]
    drawn = draw_faces(picture, PictureResult(width=640, height=480, faces=(_face(200, 200, 100),)))
    row = drawn[250, 190:210]
    assert (row == 0).all(axis=1).any()


@pytest.mark.parametrize(("left", "top"), [(0, 0), (600, 0), (0, 440), (600, 440), (-20, -20), (630, 470)])
def test_the_label_stays_within_the_picture(left: float, top: float) -> None:
    """As large as that of a face in the middle: none of it is cut off."""
    size = 40
    inner, outer = _drawn(640, 480, _face(300, 240, size)), _drawn(640, 480, _face(left, top, size))
    assert _count(outer, Label.NO_MASK) > 0.9 * (_count(inner, Label.NO_MASK) - 4 * 4 * (size + 8))


def test_the_label_of_a_face_at_the_top_does_not_cover_it() -> None:
    drawn = _drawn(640, 480, _face(100, 4, 20))
    assert (drawn[5:24, 101:120] == GREY).all()


def test_a_small_picture_has_a_label_as_wide_as_it_at_most() -> None:
    drawn = _drawn(64, 64, _face(20, 30, 20))
    assert (drawn[:, 0] == GREY).any()
    assert (drawn[:20] == 0).any(), "no letter is drawn"


def test_the_picture_itself_is_left_alone() -> None:
    picture = np.full((100, 100, 3), GREY, np.uint8)
    draw_faces(picture, PictureResult(width=100, height=100, faces=(_face(30, 30, 30),)))
    assert (picture == GREY).all()
