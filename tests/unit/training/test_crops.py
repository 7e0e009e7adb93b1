"""Crops and near-duplicates."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.dataset.crop_bank import SIDE, TWIN_CORRELATION, likenesses, thumbnail
from training.dataset.crops import cut_square, square_around


def test_the_square_has_the_faces_centre_and_its_longer_side() -> None:
    assert square_around(np.asarray([10, 20, 30, 60], np.float32), 1.5) == (-10, 10, 60)


def test_a_crop_at_the_border_repeats_it() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 0] = 200
    crop = cut_square(image, np.asarray([0, 10, 10, 20], np.float32), scale=2.0, size=20)
    assert crop.shape == (20, 20, 3)
    assert (crop[:, :6] == 200).all()
    assert (crop[:, 6:] == 0).all()


def scene(seed: int) -> np.ndarray:
    return np.kron(np.random.default_rng(seed).integers(0, 255, (11, 11, 1)), np.ones((16, 16, 3))).astype(np.uint8)


def test_a_brighter_mirrored_copy_is_a_twin_and_another_scene_is_not() -> None:
    assert scene(1).shape == (SIDE, SIDE, 3)
    copy = np.clip(scene(1)[:, ::-1].astype(int) // 2 + 60, 0, 255).astype(np.uint8)
    found = likenesses(np.stack([thumbnail(copy), thumbnail(scene(2))]), np.stack([thumbnail(scene(1))]))
    assert found[0] > TWIN_CORRELATION > found[1]
