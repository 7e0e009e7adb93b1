"""Several looks at one picture made one."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.dataset.pixel_cache import Pixels
from training.finders.averaged import AveragedFinder, average, mirror
from training.finders.found import FoundFaces


def _faces(*rows: tuple[list[float], float]) -> FoundFaces:
    """Faces of boxes and scores; their landmarks are their corners, in turn."""
    boxes = np.asarray([box for box, _ in rows], np.float32).reshape(-1, 4)
    corners = boxes[:, [0, 1, 2, 1, 0, 1, 0, 3, 2, 3]].reshape(-1, 5, 2)
    return FoundFaces(boxes=boxes, scores=np.asarray([score for _, score in rows], np.float32), landmarks=corners)


class _BrightSpot:
    """Finds the one bright rectangle of a picture; its five points are the corners and the middle."""

    def find(self, image: Pixels) -> FoundFaces:
        rows, columns = np.nonzero(image[..., 0])
        left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        points = [[left, top], [right, top], [(left + right) / 2, (top + bottom) / 2], [left, bottom], [right, bottom]]
        return FoundFaces(
            boxes=np.asarray([[left, top, right, bottom]], np.float32),
            scores=np.asarray([0.8], np.float32),
            landmarks=np.asarray([points], np.float32),
        )


def test_two_looks_at_a_face_become_their_mean_weighted_by_score() -> None:
    found = average([_faces(([0, 0, 40, 40], 0.9)), _faces(([4, 0, 44, 40], 0.3))])
    np.testing.assert_allclose(found.boxes, [[1, 0, 41, 40]], atol=1e-5)
    np.testing.assert_allclose(found.scores, [0.6])
    np.testing.assert_allclose(found.landmarks[0, 1], [41, 0], atol=1e-5)


def test_a_look_that_missed_the_face_lowers_its_score() -> None:
    found = average([_faces(([0, 0, 40, 40], 0.9)), _faces(), _faces(([0, 0, 40, 40], 0.6))])
    np.testing.assert_allclose(found.scores, [0.5])
    np.testing.assert_allclose(found.boxes, [[0, 0, 40, 40]])


def test_neighbours_stay_apart_and_the_surest_comes_first() -> None:
    first = _faces(([0, 0, 40, 40], 0.4), ([50, 0, 90, 40], 0.9))
    second = _faces(([50, 2, 90, 42], 0.9), ([2, 0, 42, 40], 0.4))
    found = average([first, second])
    np.testing.assert_allclose(found.boxes, [[50, 1, 90, 41], [1, 0, 41, 40]], atol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9, 0.4])


def test_two_faces_of_one_look_are_never_taken_for_one() -> None:
    found = average([_faces(([0, 0, 40, 40], 0.9), ([0, 4, 40, 44], 0.8)), _faces()])
    np.testing.assert_allclose(found.scores, [0.45, 0.4])


def test_a_point_that_one_look_does_not_know_is_the_others() -> None:
    blind, seeing = _faces(([0, 0, 40, 40], 0.9)), _faces(([0, 0, 40, 40], 0.5))
    blind.landmarks[0, 3:] = np.nan
    seeing.landmarks[0, 4] = np.nan
    found = average([blind, seeing])
    np.testing.assert_allclose(found.landmarks[0, 3], [0, 40])
    assert np.isnan(found.landmarks[0, 4]).all()
    np.testing.assert_allclose(found.landmarks[0, 1], [40, 0])


def test_nothing_found_is_no_face() -> None:
    found = average([_faces(), _faces()])
    assert found.boxes.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)


def test_left_and_right_change_places_in_a_mirror() -> None:
    faces = mirror(_faces(([10, 0, 30, 40], 0.9)), 100)
    np.testing.assert_array_equal(faces.boxes, [[70, 0, 90, 40]])
    np.testing.assert_array_equal(faces.landmarks[0, :2], [[70, 0], [90, 0]])
    np.testing.assert_array_equal(faces.landmarks[0, 3:], [[70, 40], [90, 40]])


def test_a_mirrored_look_agrees_with_the_plain_one() -> None:
    image = np.zeros((60, 101, 3), np.uint8)
    image[10:30, 20:40] = 255
    plain = _BrightSpot().find(image)
    found = AveragedFinder([_BrightSpot()], mirrored=True).find(image)
    np.testing.assert_allclose(found.boxes, plain.boxes, atol=1e-5)
    np.testing.assert_allclose(found.landmarks, plain.landmarks, atol=1e-5)
    np.testing.assert_allclose(found.scores, [0.8])
