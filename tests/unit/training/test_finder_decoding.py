"""What finders read out of their networks' raw numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")
pytest.importorskip("onnx", reason="needs onnx (pip install 'maskwatch[training]')")
pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.finders import centerface, mediapipe, yunet
from training.finders.found import FoundFaces
from training.finders.picture import fit, join, suppress, unscale
from training.finders.priors import PriorLevel, decode, priors


def test_a_heat_maps_peak_becomes_a_box_and_points_in_x_and_y() -> None:
    heat = np.zeros((4, 6), np.float32)
    heat[2, 5] = 0.9
    log_sizes, offsets = np.zeros((2, 4, 6), np.float32), np.zeros((2, 4, 6), np.float32)
    log_sizes[:, 2, 5] = np.log([3, 2])  # height 12 px, width 8 px
    offsets[:, 2, 5] = [0.25, -0.5]  # y, x in cells
    points = np.zeros((10, 4, 6), np.float32)
    points[2:4, 2, 5] = [0.5, 1.0]  # the second point: half way down, at the right edge
    faces = centerface.decode(heat, log_sizes, offsets, points, min_score=0.5)
    middle_x, middle_y = (5 + 0.5 - 0.5) * 4, (2 + 0.5 + 0.25) * 4
    np.testing.assert_allclose(faces.boxes, [[middle_x - 4, middle_y - 6, middle_x + 4, middle_y + 6]], atol=1e-5)
    np.testing.assert_allclose(faces.scores, [0.9])
    np.testing.assert_allclose(faces.landmarks[0, 0], [middle_x - 4, middle_y - 6], atol=1e-5)
    np.testing.assert_allclose(faces.landmarks[0, 1], [middle_x + 4, middle_y], atol=1e-5)


def test_a_cold_heat_map_holds_no_face() -> None:
    pairs = np.zeros((2, 4, 4), np.float32)
    faces = centerface.decode(
        np.zeros((4, 4), np.float32), pairs, pairs, np.zeros((10, 4, 4), np.float32), min_score=0.1
    )
    assert faces.boxes.shape == (0, 4)
    assert faces.landmarks.shape == (0, 5, 2)


def test_priors_go_level_by_level_row_by_row_and_side_by_side() -> None:
    levels = (PriorLevel(stride=32, sides=(10, 20)), PriorLevel(stride=64, sides=(100,)))
    anchors = priors(levels, width=96, height=64)
    assert len(anchors) == 2 * 3 * 2 + 1 * 2  # a stride that does not divide the width still covers it
    np.testing.assert_allclose(anchors[:4], [[16, 16, 10], [16, 16, 20], [48, 16, 10], [48, 16, 20]])
    np.testing.assert_allclose(anchors[6], [16, 48, 10])
    np.testing.assert_allclose(anchors[-1], [96, 32, 100])


def test_offsets_move_and_stretch_their_prior() -> None:
    anchors = np.asarray([[50, 60, 20], [10, 10, 8]], np.float32)
    boxes = np.asarray([[1, -2, 0, 5 * np.log(2)], [0, 0, 0, 0]], np.float32)
    points = np.zeros((2, 10), np.float32)
    points[0, 2:4] = [-5, 10]
    faces = decode(anchors, boxes, np.asarray([0.8, 0.1], np.float32), points, min_score=0.5)
    np.testing.assert_allclose(faces.boxes, [[52 - 10, 56 - 20, 52 + 10, 56 + 20]], atol=1e-4)
    np.testing.assert_allclose(faces.landmarks[0, 0], [50, 60])
    np.testing.assert_allclose(faces.landmarks[0, 1], [40, 80])


def test_yunets_score_is_the_geometric_mean_of_its_two() -> None:
    named = {}
    for stride in (8, 16, 32):
        cells = (64 // stride) ** 2
        shapes = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
        named |= {f"{name}_{stride}": np.zeros((cells, values), np.float32) for name, values in shapes.items()}
    named["cls_16"][6], named["obj_16"][6] = 0.9, 0.4  # cell 2, 1 of four by four
    named["bbox_16"][6] = [0.5, 0, 0, np.log(2)]
    faces = yunet.decode(named, 64, min_score=0.3)
    np.testing.assert_allclose(faces.scores, [0.6])
    np.testing.assert_allclose(faces.boxes, [[40 - 8, 16 - 16, 40 + 8, 16 + 16]], atol=1e-5)
    np.testing.assert_allclose(faces.landmarks[0], np.tile([32, 16], (5, 1)))


def test_mediapipe_knows_eyes_and_nose_but_not_the_mouths_corners() -> None:
    places, logits = np.zeros((2304, 16), np.float32), np.full(2304, -1000, np.float32)
    cell = 3 * 48 + 7
    logits[cell] = 0
    places[cell, :6] = [2, -2, 40, 20, -9, -5]
    faces = mediapipe.decode(places, logits, min_score=0.02)
    np.testing.assert_allclose(faces.scores, [0.5])
    np.testing.assert_allclose(faces.boxes, [[30 + 2 - 20, 14 - 2 - 10, 30 + 2 + 20, 14 - 2 + 10]])
    np.testing.assert_allclose(faces.landmarks[0, 0], [30 - 9, 14 - 5])
    assert np.isnan(faces.landmarks[0, 3:]).all()
    assert np.isfinite(faces.landmarks[0, :3]).all()


@pytest.mark.parametrize("length", [192, 193, 336, 337, 480, 640])
def test_tiles_cover_a_length_and_overlap(length: int) -> None:
    starts = mediapipe.tile_starts(length)
    assert starts[0] == 0
    assert starts[-1] + mediapipe.INPUT == length
    steps = np.diff(starts)
    assert (steps > 0).all()
    assert (steps <= mediapipe.INPUT - mediapipe.OVERLAP).all()


def test_a_picture_is_scaled_to_the_longer_side_and_padded_to_whole_cells() -> None:
    image = np.full((30, 100, 3), 200, np.uint8)
    canvas, scale = fit(image, 50, fill=(1, 2, 3))
    assert canvas.shape == (32, 64, 3)
    assert scale == pytest.approx(0.5)
    assert (canvas[:15, :50] == 200).all()
    np.testing.assert_array_equal(canvas[20, 60], [1, 2, 3])


def test_of_two_boxes_of_one_face_the_surer_one_survives() -> None:
    boxes = np.asarray([[0, 0, 20, 20], [1, 0, 21, 20], [100, 0, 120, 20]], np.float32)
    points = np.arange(30, dtype=np.float32).reshape(3, 5, 2)
    faces = FoundFaces(boxes=boxes, scores=np.asarray([0.6, 0.9, 0.5], np.float32), landmarks=points)
    left = suppress(faces, 0.4)
    np.testing.assert_array_equal(left.boxes, boxes[[1, 2]])
    np.testing.assert_array_equal(left.landmarks, points[[1, 2]])
    np.testing.assert_allclose(unscale(left, 0.5).boxes, boxes[[1, 2]] * 2)
    assert len(join([left, faces]).scores) == 5
