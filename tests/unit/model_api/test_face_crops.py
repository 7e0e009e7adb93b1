"""The square around a face."""

from __future__ import annotations

import numpy as np

from model_api.crops import FILL, crop_face


def _ramp() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """60 x 80; red is the column, green the row."""
    y, x = np.mgrid[0:60, 0:80]
    return np.stack([x, y, np.zeros_like(x)], axis=2).astype(np.uint8)


def test_it_is_centred_on_the_box_and_as_large_as_its_longer_side() -> None:
    crop = crop_face(_ramp(), (30, 20, 40, 40), scale=1.0, size=20, replicate=True)
    assert crop.shape == (20, 20, 3)
    assert (crop[0, 0, 0], crop[0, 0, 1], crop[-1, -1, 0], crop[-1, -1, 1]) == (25, 20, 44, 39)


def test_the_scale_widens_it_around_the_same_centre() -> None:
    crop = crop_face(_ramp(), (30, 20, 40, 40), scale=1.5, size=30, replicate=True)
    assert (crop[0, 0, 0], crop[0, 0, 1], crop[-1, -1, 0], crop[-1, -1, 1]) == (20, 15, 49, 44)


def test_beyond_the_edge_the_picture_is_continued() -> None:
    crop = crop_face(_ramp(), (0, 0, 20, 20), scale=2.0, size=40, replicate=True)
    assert (crop[0, 0, 0], crop[0, 0, 1]) == (0, 0)
    assert (crop[0, -1, 0], crop[-1, 0, 1]) == (29, 29)


def test_beyond_the_edge_it_may_be_grey() -> None:
    crop = crop_face(_ramp(), (60, 40, 80, 60), scale=2.0, size=40, replicate=False)
    assert np.all(crop[-1] == FILL)
    assert np.all(crop[:, -1] == FILL)
    assert (crop[0, 0, 0], crop[0, 0, 1]) == (50, 30)


def test_a_face_larger_than_the_picture_is_cropped_too() -> None:
    crop = crop_face(_ramp(), (0, 0, 80, 60), scale=1.6, size=32, replicate=True)
    assert crop.shape == (32, 32, 3)


def test_a_face_of_one_pixel_in_the_corner_is_cropped_too() -> None:
    crop = crop_face(_ramp(), (79, 59, 80, 60), scale=1.2, size=16, replicate=True)
    assert np.all(crop[..., 0] >= 78)
