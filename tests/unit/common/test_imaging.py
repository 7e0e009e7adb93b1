"""Faces are made unrecognisable for good, and nothing else of a picture is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from common.domain.prediction import Box
from common.errors import UnreadableImage
from common.imaging import BLOCKS, ENLARGED, EXAMPLE_SIDE, Picture, blur, cut_example, decode, encode

BOXES: list[Box] = [(200.0, 100.0, 320.0, 260.0), (20.0, 20.0, 34.0, 38.0), (560.0, -30.0, 700.0, 120.0)]


def noise(seed: int = 0) -> Picture:
    """All detail that a picture can have."""
    return np.random.default_rng(seed).integers(0, 256, (360, 640, 3), dtype=np.uint8)


def enlarged(box: Box) -> tuple[slice, slice]:
    x1, y1, x2, y2 = box
    dx, dy = ENLARGED * (x2 - x1), ENLARGED * (y2 - y1)
    return slice(max(0, int(y1 - dy)), int(y2 + dy) + 1), slice(max(0, int(x1 - dx)), int(x2 + dx) + 1)


@pytest.mark.parametrize("box", BOXES)
def test_of_a_face_only_a_few_averages_are_left(box: Box) -> None:
    picture = noise()
    blur(picture, [box])
    face = picture[enlarged(box)]
    rows = round(BLOCKS * face.shape[0] / face.shape[1])
    coarse = cv2.resize(face, (BLOCKS, rows), interpolation=cv2.INTER_AREA).astype(float)
    again = cv2.resize(coarse, face.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(again - face).mean() < 8  # the coarse grid says nearly all there is
    assert np.abs(np.diff(face.astype(int), axis=1)).mean() < 12  # of noise: 85


def test_faces_that_differ_in_detail_only_cannot_be_told_apart() -> None:
    detail = noise()
    shuffled = detail.copy()
    rows, columns = enlarged(BOXES[0])
    shuffled[rows, columns] = noise(1)[rows, columns]
    for picture in (detail, shuffled):
        blur(picture, [BOXES[0]])
    assert np.abs(detail.astype(int) - shuffled)[rows, columns].mean() < 10  # before: 85


def test_what_is_no_face_stays_as_it_is() -> None:
    before, after = noise(), noise()
    blur(after, BOXES)
    is_face = np.zeros(before.shape[:2], bool)
    for box in BOXES:
        is_face[enlarged(box)] = True
    assert (after[~is_face] == before[~is_face]).all()
    assert (after[is_face] != before[is_face]).mean() > 0.9


@pytest.mark.parametrize("box", [(-50.0, 0.0, -10.0, 30.0), (700.0, 400.0, 800.0, 500.0), (5.0, 5.0, 5.0, 5.0)])
def test_a_box_outside_of_the_picture_or_without_a_size_does_no_harm(box: Box) -> None:
    picture = noise()
    blur(picture, [box])
    assert picture.shape == (360, 640, 3)


def test_a_cut_face_is_a_square_no_larger_than_models_see() -> None:
    assert decode(cut_example(noise(), BOXES[0])).shape == (EXAMPLE_SIDE, EXAMPLE_SIDE, 3)
    assert decode(cut_example(noise(), BOXES[1])).shape == (25, 25, 3)
    assert decode(encode(noise(), quality=90)).shape == (360, 640, 3)


def test_what_is_no_jpeg_is_said_to_be_none() -> None:
    with pytest.raises(UnreadableImage):
        decode(b"not a picture")
