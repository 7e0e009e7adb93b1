"""Turned windows and tiny mosaics keep their boxes on the faces."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from drawn_samples import bright_box, faces

from training.augment.affine import move_faces, move_points, move_regions, window_matrix
from training.augment.windows import TINY_FACE_PX, cut, mosaic
from training.geometry import face_sizes


@pytest.mark.parametrize("degrees", [-30, -12, 5, 12, 45])
@pytest.mark.parametrize("scale", [0.4, 0.55, 1.0, 1.7])
def test_the_box_stays_on_a_face_that_turns(degrees: float, scale: float) -> None:
    drawn = faces([(60, 30, 92, 78)])
    left, top = 76 * scale - 60, 54 * scale - 60  # the face stands off the middle around which the window turns
    result = cut(drawn, scale=scale, left=left, top=top, width=160, height=140, degrees=degrees)
    assert result.boxes[0].tolist() == pytest.approx(bright_box(result.image), abs=1.3)


@pytest.mark.parametrize("scale", [0.31, 0.5, 0.7, 1.0, 2.3])
def test_no_part_of_a_pixel_is_lost_when_scaling(scale: float) -> None:
    """The middle of what is seen and the middle of the box differ by less than a tenth of a pixel."""
    drawn = faces([(48, 32, 112, 96)])
    result = cut(drawn, scale=scale, left=0, top=0, width=384, height=288)
    light = np.clip(result.image[: int(120 * scale), : int(160 * scale), 0].astype(float) - 20, 0, None)
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]] + 0.5
    seen = [(columns * light).sum() / light.sum(), (rows * light).sum() / light.sum()]
    middle = (result.boxes[0, :2] + result.boxes[0, 2:]) / 2
    assert seen == pytest.approx(middle.tolist(), abs=0.1)


def test_landmarks_turn_with_the_face() -> None:
    drawn = faces([(60, 30, 92, 78)])
    result = cut(drawn, scale=1, left=0, top=0, width=160, height=120, degrees=90)
    left_eye, right_eye = result.points[0, 0], result.points[0, 1]
    assert right_eye[0] == pytest.approx(left_eye[0], abs=0.01)
    assert right_eye[1] > left_eye[1], "clockwise: what was right is below"


def test_no_turn_is_scaling_and_shifting() -> None:
    matrix = window_matrix(scale=0.5, left=3, top=4, degrees=0, width=50, height=40)
    boxes = np.asarray([[10, 20, 30, 60]], np.float32)
    assert move_faces(boxes, matrix).tolist() == [pytest.approx([2, 6, 12, 26])]
    assert move_regions(boxes, matrix).tolist() == [pytest.approx([2, 6, 12, 26])]
    assert move_points(boxes.reshape(1, 2, 2), matrix).tolist() == [[[2, 6], [12, 26]]]


def test_a_turned_region_keeps_all_its_corners() -> None:
    matrix = window_matrix(scale=1, left=0, top=0, degrees=20, width=100, height=100)
    region = np.asarray([[20, 30, 70, 50]], np.float32)
    hull = move_regions(region, matrix)[0]
    corners = move_points(np.asarray([[20, 30], [70, 30], [70, 50], [20, 50]], np.float32), matrix)
    assert hull.tolist() == pytest.approx([*corners.min(axis=0), *corners.max(axis=0)], abs=1e-3)


def test_a_picture_without_faces_turns_too() -> None:
    result = cut(faces([]), scale=0.7, left=0, top=0, width=64, height=64, degrees=11)
    assert result.boxes.shape == (0, 4)
    assert result.points.shape == (0, 5, 2)
    assert result.image.shape == (64, 64, 3)


def test_tiny_mosaics_show_faces_of_eight_to_twenty_pixels() -> None:
    drawn = faces([(300, 200, 330, 240), (100, 100, 130, 140)], width=640, height=480)
    sizes = []
    for seed in range(20):
        result = mosaic([drawn] * 4, 416, np.random.default_rng(seed), tiny=True)
        assert result.image.shape == (416, 416, 3)
        sizes += [face for face, box in zip(face_sizes(result.boxes), result.boxes, strict=True) if _is_whole(box)]
    low, high = TINY_FACE_PX
    assert len(sizes) > 40
    assert min(sizes) >= low - 0.01
    assert max(sizes) <= high + 0.01
    assert np.ptp(sizes) > 6, "not all of one size"


def _is_whole(box: np.ndarray) -> bool:
    """Whether no edge has cut the face: it is still as high against its width as it was drawn."""
    return bool((box[3] - box[1]) / (box[2] - box[0]) == pytest.approx(40 / 30, abs=0.01))


def test_a_tiny_mosaic_never_enlarges_nor_fills_itself_with_grey() -> None:
    portrait = faces([(10, 10, 150, 110)])
    result = mosaic([portrait] * 4, 416, np.random.default_rng(3), tiny=True)
    assert face_sizes(result.boxes).max() <= face_sizes(portrait.boxes).max() + 0.01
    assert len(result.boxes) == 4, "the portraits are shown, only less tiny"


def test_pictures_without_faces_make_a_tiny_mosaic_too() -> None:
    result = mosaic([faces([])] * 4, 128, np.random.default_rng(0), tiny=True)
    assert result.image.shape == (128, 128, 3)
    assert result.boxes.shape == (0, 4)
