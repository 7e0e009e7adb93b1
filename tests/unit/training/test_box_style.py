"""Boxes of a source that draws whole heads become boxes of faces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from training.dataset.box_style import Trim, in_one_style
from training.dataset.coco import Picture

HEAD = Picture(
    path=Path("a.png"),
    width=400,
    height=400,
    source="macwin498",
    boxes=np.asarray([[100, 100, 200, 300]], np.float32),
    categories=np.asarray([1]),
    points=np.full((1, 5, 2), 150, np.float32),
    ignored=np.asarray([[0, 0, 50, 50]], np.float32),
)


def test_a_head_loses_its_hair_and_ears_and_keeps_its_chin() -> None:
    (box,) = in_one_style(HEAD).boxes
    np.testing.assert_allclose(box, [110, 144, 191, 300], rtol=1e-6)


def test_points_and_regions_stay_where_they_are() -> None:
    trimmed = in_one_style(HEAD)
    assert trimmed.points is HEAD.points
    assert trimmed.ignored is HEAD.ignored


def test_other_sources_keep_their_boxes() -> None:
    picture = replace(HEAD, source="kaggle853")
    assert in_one_style(picture) is picture


def test_a_picture_without_faces_has_none_to_trim() -> None:
    nobody = replace(HEAD, boxes=np.zeros((0, 4), np.float32))
    assert in_one_style(nobody).boxes.shape == (0, 4)


def test_each_side_is_trimmed_by_its_own_share() -> None:
    boxes = Trim(left=0.1, top=0.2, right=0.3, bottom=0.4).apply(np.asarray([[0, 0, 10, 100]], np.float32))
    np.testing.assert_allclose(boxes, [[1, 20, 7, 60]], rtol=1e-6)
