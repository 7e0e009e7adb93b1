"""Cutting and mirroring keep labels on the faces."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.augment.windows import FILL, Sample, cut, mirror, mosaic, random_window


def sample(width: int = 120, height: int = 80) -> Sample:
    """A black picture with one white face of 20x30 px whose corner is (40, 20) and whose eyes are its upper corners."""
    image = np.zeros((height, width, 3), np.uint8)
    image[20:50, 40:60] = 255
    points = np.asarray([[[40, 20], [60, 20], [50, 35], [42, 48], [58, 48]]], np.float32)
    return Sample(
        image=image,
        boxes=np.asarray([[40, 20, 60, 50]], np.float32),
        points=points,
        ignored=np.asarray([[0, 0, 10, 10]], np.float32),
    )


def bright_box(image: np.ndarray) -> list[int]:
    rows, columns = np.nonzero(image[..., 0] > 200)
    return [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1]


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0])
def test_the_box_stays_on_the_face_at_any_scale(scale: float) -> None:
    result = cut(sample(), scale=scale, left=4, top=2, width=120, height=80)
    if result.boxes.size:
        assert bright_box(result.image) == pytest.approx(result.boxes[0].tolist(), abs=1.5)
    else:
        assert scale == 0.25, "only the smallest face may be dropped"


def test_a_face_that_got_too_small_becomes_a_region_to_ignore() -> None:
    result = cut(sample(), scale=0.2, left=0, top=0, width=40, height=40)
    assert len(result.boxes) == 0
    assert result.ignored.tolist() == [pytest.approx([8, 4, 12, 10])]


def test_a_face_cut_in_two_becomes_a_region_to_ignore() -> None:
    result = cut(sample(), scale=1, left=54, top=0, width=64, height=64)
    assert len(result.boxes) == 0
    assert result.ignored.tolist() == [[0, 20, 6, 50]]


def test_outside_the_picture_is_grey() -> None:
    assert cut(sample(), scale=1, left=-30, top=0, width=64, height=64).image[5, 5].tolist() == [FILL] * 3


def test_the_left_eye_of_a_mirrored_face_is_on_the_left() -> None:
    result = mirror(sample())
    assert result.boxes.tolist() == [[60, 20, 80, 50]]
    assert bright_box(result.image) == [60, 20, 80, 50]
    assert result.points[0, 0].tolist() == [60, 20]
    assert result.points[0, 1].tolist() == [80, 20]
    assert result.points[0, 3, 0] < result.points[0, 4, 0]


def test_random_windows_have_the_asked_size_and_boxes_inside() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        result = random_window(sample(), 64, (60.0, 300.0), random)
        assert result.image.shape == (64, 64, 3)
        assert (result.boxes >= 0).all()
        assert (result.boxes <= 64).all()


def test_a_mosaic_shows_every_face_under_its_box() -> None:
    result = mosaic([sample()] * 4, 160, np.random.default_rng(1))
    assert result.image.shape == (160, 160, 3)
    assert len(result.boxes)
    for x1, y1, x2, y2 in result.boxes.astype(int):
        assert result.image[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].min() > 200
