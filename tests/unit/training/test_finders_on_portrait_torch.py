"""Every finder on one real face: the public-domain NASA portrait in scikit-image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")
pytest.importorskip("skimage", reason="needs scikit-image (pip install 'maskwatch[demo]')")

import skimage.data

from training.errors import DataMissing, PackageMissing
from training.finders.found import FoundFaces
from training.finders.table import FINDERS, open_finder
from training.geometry import ious

DATA = Path(__file__).parents[4] / "shared" / "data"
FACE = np.asarray([[180, 60, 270, 176]], np.float32)  # pixels in the portrait of 512 x 512
POINTS = np.asarray([[204, 101], [247, 104], [224, 129], [202, 141], [243, 145]], np.float32)
NEAR = 12.0  # pixels: what finders differ by on a face of 100


def _check(found: FoundFaces) -> None:
    assert found.boxes.shape == (len(found.scores), 4)
    assert found.landmarks.shape == (len(found.scores), 5, 2)
    assert {found.boxes.dtype, found.scores.dtype, found.landmarks.dtype} == {np.dtype(np.float32)}
    best = int(found.scores.argmax())
    assert found.scores[best] > 0.5
    assert ious(found.boxes[best : best + 1], FACE)[0, 0] > 0.6
    known = np.isfinite(found.landmarks[best]).all(axis=1)
    assert known[:3].all()
    assert np.abs(found.landmarks[best] - POINTS)[known].max() < NEAR


@pytest.mark.parametrize("name", FINDERS)
def test_the_portraits_face_is_the_surest_with_its_points_in_order(name: str) -> None:
    try:
        finder = open_finder(name, DATA, longer_side=192 if name == "mediapipe" else 320)
    except (DataMissing, PackageMissing) as error:
        pytest.skip(str(error))
    _check(finder.find(np.asarray(skimage.data.astronaut(), np.uint8)))
