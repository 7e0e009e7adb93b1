"""Box maths."""

from __future__ import annotations

import numpy as np
import pytest

from training.geometry import areas, clip, covered_shares, face_sizes, fit_size, from_xywh, ious


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32).reshape(-1, 4)


def test_xywh_becomes_corners() -> None:
    assert from_xywh(boxes((10, 20, 30, 40))).tolist() == [[10, 20, 40, 60]]


def test_iou_of_half_overlapping_squares_is_a_third() -> None:
    overlap = ious(boxes((0, 0, 10, 10)), boxes((5, 0, 15, 10), (0, 0, 10, 10), (20, 20, 30, 30)))
    assert overlap[0] == pytest.approx([1 / 3, 1, 0])


def test_an_inside_out_box_has_no_area() -> None:
    assert areas(boxes((10, 10, 5, 5), (0, 0, 4, 9))).tolist() == [0, 36]
    assert face_sizes(boxes((0, 0, 4, 9))).tolist() == [6]


def test_the_covered_share_is_that_of_the_best_region() -> None:
    shares = covered_shares(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 2), (0, 0, 5, 10)))
    assert shares.tolist() == [0.5]
    assert covered_shares(boxes((0, 0, 10, 10)), boxes()).tolist() == [0]


def test_clipping_keeps_boxes_in_the_picture() -> None:
    assert clip(boxes((-5, 2, 70, 60)), 64, 48).tolist() == [[0, 2, 64, 48]]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1920, 1080), (1 / 3, 640, 384)), ((480, 640), (1.0, 480, 640)), ((100, 50), (6.4, 640, 320))],
)
def test_a_picture_fits_at_its_own_shape(size: tuple[int, int], expected: tuple[float, int, int]) -> None:
    assert fit_size(*size, 640) == pytest.approx(expected)
