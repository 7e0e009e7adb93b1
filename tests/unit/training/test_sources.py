"""Where the detector's pictures come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("tqdm", reason="needs tqdm (pip install 'maskwatch[training]')")

import cv2

from training.dataset.coco import load_coco
from training.dataset.pixel_cache import Pixels
from training.dataset.written import Labelled, write_coco
from training.detector.sources import open_sources
from training.errors import BrokenAnnotations, DataMissing
from training.finders.found import FoundFaces
from training.finders.table import FINDERS


class CornerFinder:
    """Finds a label of the drawn set (score 0.3) and a face beside it."""

    def __init__(self, score: float) -> None:
        self._score = score

    def find(self, image: Pixels) -> FoundFaces:
        boxes = np.asarray([[4, 6, 24, 36], [46, 30, 60, 46]], np.float32)
        scores = np.asarray([0.3, self._score], np.float32)
        return FoundFaces(boxes=boxes, scores=scores, landmarks=np.full((2, 5, 2), 9, np.float32))


@pytest.fixture
def data(coco_folder: Path) -> Path:
    """The drawn set as `masks` and as `crowds`, and room for portraits."""
    root = coco_folder.parent
    (root / "crowds").mkdir()
    (root / "crowds" / "pseudo.json").write_text((coco_folder / "train.json").read_text())
    (root / "crowds" / "images").symlink_to(coco_folder / "images")
    (root / "crops" / "images").mkdir(parents=True)
    return root


def relabelled(data: Path, folder: Path, *, portraits: bool) -> Path:
    rows = [
        Labelled(picture=picture, votes=np.zeros(len(picture.boxes), np.int64), scores=np.zeros(len(picture.boxes)))
        for picture in load_coco(data / "masks" / "train.json")[:1]
    ]
    for name in ("masks", "crowds"):
        write_coco(rows, folder / f"{name}.json", data / name / "images")
    write_coco(rows if portraits else [], folder / "portraits.json", data / "crops" / "images")
    if portraits:
        cv2.imwrite(str(data / "crops" / "images" / "a.png"), np.zeros((48, 64, 3), np.uint8))
    return folder


@pytest.mark.parametrize(("score", "regions"), [(0.59, 1), (0.61, 2)])
def test_without_labels_one_teacher_lends_landmarks_and_names_forgotten_faces(
    data: Path, monkeypatch: pytest.MonkeyPatch, score: float, regions: int
) -> None:
    monkeypatch.setitem(FINDERS, "yunet-s", lambda _, longer_side: CornerFinder(score))
    sources = open_sources(data, data / "cache")
    assert set(sources) == {"masks", "crowds"}
    sample = sources["masks"].sample(0)
    assert (sample.points[0] == 9).all()
    assert len(sample.ignored) == regions
    assert len(sources["crowds"].sample(0).ignored) == 1, "the crowds' labels stay as they are"


def test_with_labels_nobody_is_asked_and_portraits_come_too(data: Path, tmp_path: Path) -> None:
    sources = open_sources(data, data / "cache", relabelled(data, tmp_path / "labels", portraits=True))
    assert {name: len(source.pictures) for name, source in sources.items()} == {
        "masks": 1,
        "crowds": 1,
        "portraits": 1,
    }
    assert sources["portraits"].sample(0).image.shape == (48, 64, 3)
    bare = {name for name, source in sources.items() if source.has_bare_faces}
    assert bare == {"crowds"}, "the others show faces with masks that no label names"
    assert not list((data / "cache").glob("answers-*"))


def test_no_portraits_are_no_source(data: Path, tmp_path: Path) -> None:
    sources = open_sources(data, data / "cache", relabelled(data, tmp_path / "labels", portraits=False))
    assert set(sources) == {"masks", "crowds"}


def test_pictures_that_show_held_out_ones_are_left_out_with_their_pixels(data: Path, tmp_path: Path) -> None:
    (data / "excluded.json").write_text('{"masks": ["a.png"], "crowds": ["b.png"]}')
    folder = tmp_path / "labels"
    relabelled(data, folder, portraits=False)
    for name in ("masks", "crowds"):
        (folder / f"{name}.json").write_text((data / "masks" / "train.json").read_text())
    sources = open_sources(data, data / "cache", folder)
    assert [picture.path.name for picture in sources["masks"].pictures] == ["b.png"]
    assert int(sources["masks"].sample(0).image.mean()) == 30
    assert int(sources["crowds"].sample(0).image.mean()) == 200


def test_a_folder_without_labels_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"nothing.masks\.json"):
        open_sources(data, data / "cache", tmp_path / "nothing")


def test_a_label_of_a_picture_of_another_size_is_refused(data: Path, tmp_path: Path) -> None:
    labels = relabelled(data, tmp_path / "labels", portraits=False)
    document = json.loads((labels / "masks.json").read_text())
    document["images"][0].update(width=128, height=128)
    (labels / "masks.json").write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match=r"a\.png says 128x128, but shrunk to 640 px it is 64x48"):
        open_sources(data, data / "cache", labels)
