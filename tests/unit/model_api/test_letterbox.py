"""The way into the detector's input and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_api.letterbox import FILL, letterbox

SIDES = st.integers(1, 5000)


def test_a_wide_picture_keeps_its_shape() -> None:
    box = letterbox(1920, 1080, longer_side=640, stride=32)
    assert (box.inside, box.padded) == ((640, 360), (640, 384))


def test_the_padding_is_grey_at_the_right_and_the_bottom() -> None:
    placed = letterbox(100, 50, longer_side=100, stride=32).place(np.zeros((50, 100, 3), np.uint8))
    assert placed.shape == (64, 128, 3)
    assert not placed[:50, :100].any()
    assert np.all(placed[50:] == FILL)
    assert np.all(placed[:, 100:] == FILL)


@given(width=SIDES, height=SIDES)
def test_any_picture_fits_its_input(width: int, height: int) -> None:
    box = letterbox(width, height, longer_side=640, stride=32)
    assert max(box.inside) == 640
    assert all(side % 32 == 0 for side in box.padded)
    assert all(0 <= room - side < 64 + 32 for side, room in zip(box.inside, box.padded, strict=True))
    assert min(box.padded) >= 64


@given(sizes=st.lists(st.tuples(SIDES, SIDES), min_size=30, max_size=60))
def test_many_shapes_of_pictures_make_few_shapes_of_inputs(sizes: list[tuple[int, int]]) -> None:
    shapes = {letterbox(*size, longer_side=640, stride=32).padded for size in sizes}
    assert len(shapes) <= 21  # eleven wide and ten tall


@pytest.mark.parametrize(
    ("width", "height", "padded"),
    [(1920, 1080, (640, 384)), (640, 480, (640, 480)), (1080, 1920, (384, 640)), (1024, 1024, (640, 640))],
)
def test_what_cameras_send_is_padded_no_further_than_the_stride(
    width: int, height: int, padded: tuple[int, int]
) -> None:
    assert letterbox(width, height, longer_side=640, stride=32).padded == padded


@given(width=SIDES, height=SIDES, x=st.floats(0, 1), y=st.floats(0, 1))
def test_points_find_their_way_back(width: int, height: int, x: float, y: float) -> None:
    box = letterbox(width, height, longer_side=640, stride=32)
    point = np.asarray([x * width * box.scale_x, y * height * box.scale_y], np.float32)
    np.testing.assert_allclose(
        box.restore(point, width=width, height=height), [x * width, y * height], rtol=1e-4, atol=1e-2
    )


def test_points_in_the_padding_are_clipped_to_the_picture() -> None:
    box = letterbox(1920, 1080, longer_side=640, stride=32)
    restored = box.restore(np.asarray([[-5, 383], [639, 400]], np.float32), width=1920, height=1080)
    np.testing.assert_array_equal(restored, [[0, 1080], [1917, 1080]])


@pytest.mark.parametrize("times", [2, 3, 5])
def test_shrinking_averages_what_it_cannot_show(times: int) -> None:
    stripes = np.zeros((128 * times, 128 * times, 3), np.uint8)
    stripes[:, ::times] = 255  # one column in so many is white: a sample alone would find all white or all black
    placed = letterbox(128 * times, 128 * times, longer_side=128, stride=32).place(stripes)
    assert np.abs(placed.astype(int) - round(255 / times)).max() <= 1
