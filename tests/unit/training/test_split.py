"""A split never parts near-duplicates and keeps the shares."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawing import draw_scene, save_picture
from training.dataset.coco import load_coco
from training.dataset.split import SplitOrder, hold_out, split_labels
from training.errors import BrokenAnnotations, DataMissing, InvalidOption, TooFewPictures


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.integers(0, 12), min_size=2, max_size=60).filter(lambda names: len(set(names)) > 1),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 1000),
)
def test_no_group_is_parted_and_no_part_is_empty(groups: list[int], share: float, seed: int) -> None:
    held_out = hold_out(np.asarray(groups), np.ones((len(groups), 1)), share, np.random.default_rng(seed))
    for name in set(groups):
        assert len(set(held_out[np.asarray(groups) == name].tolist())) == 1
    assert 0 < held_out.sum() < len(groups)


@pytest.mark.parametrize("seed", range(5))
def test_sources_and_classes_are_shared_out_alike(seed: int) -> None:
    random = np.random.default_rng(seed)
    table = np.concatenate([np.ones((600, 1)), random.random((600, 2)) < 0.3, random.poisson((2, 0.2), (600, 2))], 1)
    held_out = hold_out(random.integers(0, 400, 600), table, 0.2, np.random.default_rng(seed))
    assert table[held_out].sum(axis=0) / table.sum(axis=0) == pytest.approx(np.full(5, 0.2), abs=0.02)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Twelve scenes of two sources; of the first four there is a mirrored, smaller copy."""
    images, annotations = [], []
    for number in range(16):
        scene = draw_scene(number % 12)
        image = np.ascontiguousarray(scene[::2, ::-2]) if number >= 12 else scene
        name = f"{number}.png"
        save_picture(image, tmp_path / "ours" / "images" / name)
        size = {"width": image.shape[1], "height": image.shape[0]}
        images.append({"id": number, "file_name": name, **size, "source": "ab"[number % 2]})
        row = {"image_id": number, "category_id": 1 + number % 3, "bbox": [5, 5, 20, 20], "score": 0.5}
        annotations.append({"id": 100 + number, **row})
    path = tmp_path / "ours" / "labels.json"
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": []}))
    return path


def test_copies_stay_together_and_everything_is_kept(labels: Path, tmp_path: Path) -> None:
    counts = split_labels(SplitOrder(labels=labels, output=tmp_path / "out", val_share=0.3))
    train, val = (load_coco(tmp_path / "out" / f"{part}.json") for part in ("train", "val"))
    names = [{int(picture.path.stem) for picture in part} for part in (train, val)]
    assert names[0] | names[1] == set(range(16))
    assert not names[0] & names[1]
    assert all((number in names[0]) == (number + 12 in names[0]) for number in range(4))
    assert counts["groups_of_several"] == 4
    assert 3 <= counts["val"]["pictures"] == len(val) <= 7
    assert all(picture.path.is_file() for picture in train + val)
    first = json.loads((tmp_path / "out" / "train.json").read_text())["annotations"][0]
    assert first["score"] == 0.5, "fields that we do not know stay"


def test_one_seed_is_one_split(labels: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        split_labels(SplitOrder(labels=labels, output=tmp_path / name, val_share=0.3, seed=seed))
    first, same, other = ((tmp_path / name / "val.json").read_text() for name in "abc")
    assert first == same != other


def test_pictures_can_be_copied(labels: Path, tmp_path: Path) -> None:
    split_labels(SplitOrder(labels=labels, output=tmp_path / "out", is_copying=True))
    assert not any(path.is_symlink() for path in (tmp_path / "out" / "images").iterdir())


def test_the_labels_are_never_overwritten(labels: Path) -> None:
    labels = labels.rename(labels.with_name("train.json"))
    with pytest.raises(InvalidOption, match="would overwrite"):
        split_labels(SplitOrder(labels=labels, output=labels.parent))


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_that_is_none_is_refused(share: float, labels: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="--val-share"):
        split_labels(SplitOrder(labels=labels, output=tmp_path / "out", val_share=share))


def test_copies_of_one_photo_cannot_be_split(tmp_path: Path) -> None:
    with pytest.raises(TooFewPictures, match="3 pictures in 1 groups"):
        hold_out(np.zeros(3, np.int64), np.ones((3, 1)), 0.5, np.random.default_rng(0))


def test_missing_files_are_told(labels: Path, tmp_path: Path) -> None:
    (labels.parent / "images" / "3.png").unlink()
    with pytest.raises(BrokenAnnotations, match=r"3\.png is missing"):
        split_labels(SplitOrder(labels=labels, output=tmp_path / "out"))
    with pytest.raises(DataMissing, match="no label file"):
        split_labels(SplitOrder(labels=tmp_path / "none.json", output=tmp_path / "out"))
