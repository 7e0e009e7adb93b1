"""Crops, near-duplicates and the teacher's marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.dataset.coco import Picture
from training.dataset.crop_bank import SIDE, TWIN_CORRELATION, likenesses, thumbnail
from training.dataset.crops import cut_square, square_around
from training.finders.found import FoundFaces
from training.labels.teacher import merge


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


def test_a_labelled_face_takes_the_landmarks_and_an_unknown_one_is_ignored() -> None:
    picture = Picture(
        path=Path("a.png"),
        width=100,
        height=100,
        source="drawn",
        boxes=np.asarray([[0, 0, 20, 20]], np.float32),
        categories=np.asarray([1]),
        points=np.full((1, 5, 2), np.nan, np.float32),
        ignored=np.zeros((0, 4), np.float32),
    )
    faces = FoundFaces(
        boxes=np.asarray([[1, 0, 20, 20], [50, 50, 70, 70], [80, 80, 90, 90]], np.float32),
        scores=np.asarray([0.9, 0.8, 0.4], np.float32),
        landmarks=np.arange(30, dtype=np.float32).reshape(3, 5, 2),
    )
    merged = merge(picture, faces)
    assert merged.points[0].tolist() == faces.landmarks[0].tolist()
    assert merged.ignored.tolist() == [[50, 50, 70, 70]], "the sure one only"
