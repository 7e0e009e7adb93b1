"""Training tests need torch, which serving does not install: without it they are skipped, not failed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*_torch.py"]


@pytest.fixture(autouse=True)
def _few_threads() -> None:
    """Tiny networks run faster on one thread than on many; a training in the test before may have asked for more."""
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)


@pytest.fixture
def coco_folder(tmp_path: Path) -> Path:
    """A data set of two pictures: `a` with a worn mask, a face with landmarks and a crowd; `b` with nothing."""
    cv2 = pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
    folder = tmp_path / "masks"
    (folder / "images").mkdir(parents=True)
    for name, grey in (("a", 200), ("b", 30)):
        cv2.imwrite(str(folder / "images" / f"{name}.png"), np.full((48, 64, 3), grey, np.uint8))
    keypoints = [32, 12, 2, 38, 12, 2, 35, 15, 2, 33, 19, 2, 0, 0, 0]
    document = {
        "images": [
            {"id": 1, "file_name": "a.png", "width": 64, "height": 48, "source": "drawn"},
            {"id": 2, "file_name": "b.png", "width": 64, "height": 48},
        ],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 3, "bbox": [4, 6, 20, 30], "iscrowd": 0},
            {"id": 2, "image_id": 1, "category_id": 4, "bbox": [30, 8, 10, 14], "iscrowd": 0, "keypoints": keypoints},
            {"id": 3, "image_id": 1, "category_id": 4, "bbox": [50, 0, 14, 10], "iscrowd": 1},
        ],
        "categories": [],
    }
    (folder / "train.json").write_text(json.dumps(document))
    return folder
