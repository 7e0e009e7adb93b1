"""Label files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.dataset.coco import load_coco
from training.errors import BrokenAnnotations, DataMissing


def test_boxes_become_corners_and_crowds_become_regions_to_ignore(coco_folder: Path) -> None:
    first, second = load_coco(coco_folder / "train.json")
    assert first.boxes.tolist() == [[4, 6, 24, 36], [30, 8, 40, 22]]
    assert first.ignored.tolist() == [[50, 0, 64, 10]]
    assert first.categories.tolist() == [3, 4]
    assert (first.source, second.source) == ("drawn", "unknown")
    assert first.path.is_file()


def test_a_picture_without_faces_has_empty_arrays_of_the_right_shape(coco_folder: Path) -> None:
    empty = load_coco(coco_folder / "train.json")[1]
    assert (empty.boxes.shape, empty.points.shape, empty.ignored.shape) == ((0, 4), (0, 5, 2), (0, 4))


def test_landmarks_nobody_marked_are_nan(coco_folder: Path) -> None:
    points = load_coco(coco_folder / "train.json")[0].points
    assert np.isnan(points[0]).all()
    assert points[1, :4].tolist() == [[32, 12], [38, 12], [35, 15], [33, 19]]
    assert np.isnan(points[1, 4]).all()


def test_a_missing_label_file_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"train\.json"):
        load_coco(tmp_path / "train.json")


@pytest.mark.parametrize("text", ["not json", '{"images": []}', '{"images": [{"id": 1}], "annotations": []}'])
def test_what_is_not_coco_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.json").write_text(text)
    with pytest.raises(BrokenAnnotations, match="not a COCO label file"):
        load_coco(tmp_path / "train.json")


@pytest.mark.parametrize("bbox", [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3], "abcd"], ids=str)
def test_a_box_of_another_length_is_refused(coco_folder: Path, bbox: object) -> None:
    document = json.loads((coco_folder / "train.json").read_text())
    document["annotations"] = [{**document["annotations"][0], "bbox": bbox}]
    (coco_folder / "train.json").write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match="is not a COCO label file"):
        load_coco(coco_folder / "train.json")


def test_two_pictures_of_one_id_are_refused(coco_folder: Path) -> None:
    document = json.loads((coco_folder / "train.json").read_text())
    document["images"][1]["id"] = document["images"][0]["id"]
    (coco_folder / "train.json").write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match="two pictures have one id"):
        load_coco(coco_folder / "train.json")
