"""Label files that are written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.dataset.coco import load_coco
from training.dataset.written import Labelled, write_coco


def round_trip(coco_folder: Path, written: Path) -> None:
    pictures = load_coco(coco_folder / "train.json")
    rows = [
        Labelled(picture=picture, votes=np.arange(count), scores=np.full(count, 0.5, np.float32))
        for picture in pictures
        for count in [len(picture.boxes)]
    ]
    write_coco(rows, written, coco_folder / "images")


def test_what_is_written_is_read_back_from_another_folder(coco_folder: Path, tmp_path: Path) -> None:
    written = tmp_path / "labels" / "new.json"
    round_trip(coco_folder, written)
    before, after = load_coco(coco_folder / "train.json"), load_coco(written)
    for old, new in zip(before, after, strict=True):
        assert new.path.resolve() == old.path.resolve()
        assert (new.width, new.height, new.source) == (old.width, old.height, old.source)
        assert new.categories.tolist() == old.categories.tolist()
        for column in ("boxes", "points", "ignored"):
            np.testing.assert_allclose(getattr(new, column), getattr(old, column))


def test_the_file_names_no_place_of_the_machine_and_may_be_told_another(coco_folder: Path, tmp_path: Path) -> None:
    written = tmp_path / "new.json"
    round_trip(coco_folder, written)
    assert str(tmp_path) not in written.read_text()
    assert load_coco(written, tmp_path / "elsewhere")[0].path == tmp_path / "elsewhere" / "a.png"


def test_votes_and_scores_stand_beside_each_face(coco_folder: Path, tmp_path: Path) -> None:
    written = tmp_path / "new.json"
    round_trip(coco_folder, written)
    rows = json.loads(written.read_text())["annotations"]
    assert [(row["votes"], row["score"]) for row in rows if not row["iscrowd"]] == [(0, 0.5), (1, 0.5)]
    assert [row["num_keypoints"] for row in rows if not row["iscrowd"]] == [0, 4]
    assert len({row["id"] for row in rows}) == len(rows) == 3


def test_votes_for_another_number_of_faces_are_refused(coco_folder: Path, tmp_path: Path) -> None:
    picture = load_coco(coco_folder / "train.json")[0]
    wrong = Labelled(picture=picture, votes=np.zeros(1, np.int64), scores=np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="zip"):
        write_coco([wrong], tmp_path / "new.json", coco_folder / "images")
