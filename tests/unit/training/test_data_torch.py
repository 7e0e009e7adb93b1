"""What the networks are shown: the cache, the batches, the balance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.augment.windows import Sample
from training.classifier.stream import CLASS_SHARES, SYNTHETIC_WEIGHT, CropStream, draw_weights
from training.dataset.coco import load_coco
from training.dataset.crop_bank import CLASSES, SIDE, CropBank
from training.dataset.pixel_cache import open_cache, read_rgb
from training.detector.sources import Source
from training.detector.stream import DetectorStream, collate
from training.errors import DataMissing
from training.fitting.ranks import stream_seed


def test_the_cache_gives_back_the_pictures_smaller_and_in_order(coco_folder: Path, tmp_path: Path) -> None:
    pictures = load_coco(coco_folder / "train.json")
    cache = open_cache([picture.path for picture in pictures], 32, tmp_path / "cache")
    assert cache[0].shape == (24, 32, 3)
    assert (int(cache[0].mean()), int(cache[1].mean())) == (200, 30)
    pictures[0].path.unlink()
    again = open_cache([picture.path for picture in pictures], 32, tmp_path / "cache")
    assert int(again[0].mean()) == 200, "a built cache needs no pictures"


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"nothing")
    with pytest.raises(DataMissing, match=r"x\.png"):
        read_rgb(tmp_path / "x.png")


def sample(faces: int) -> Sample:
    return Sample(
        image=np.zeros((8, 8, 3), np.uint8),
        boxes=np.ones((faces, 4), np.float32),
        points=np.zeros((faces, 5, 2), np.float32),
        ignored=np.zeros((1, 4), np.float32),
    )


def test_labels_of_a_batch_know_their_picture() -> None:
    batch = collate([sample(2), sample(0), sample(1)])
    assert tuple(batch.images.shape) == (3, 8, 8, 3)
    assert batch.owners.tolist() == [0, 0, 2]
    assert batch.ignored_owners.tolist() == [0, 1, 2]


def test_one_seed_gives_one_sequence(coco_folder: Path, tmp_path: Path) -> None:
    pictures = load_coco(coco_folder / "train.json")
    pixels = open_cache([picture.path for picture in pictures], 64, tmp_path / "cache")
    source = Source(pictures=pictures, pixels=pixels, longer_side=(60.0, 120.0))
    sources = {"masks": source, "crowds": source}

    def first(seed: int) -> np.ndarray:
        return next(iter(DetectorStream(sources, size=64, batch=2, seed=seed))).images.numpy()

    assert (first(1) == first(1)).all()
    assert (first(1) != first(2)).any()


def test_a_resumed_run_and_another_process_see_other_data() -> None:
    assert len({stream_seed(1, 0), stream_seed(1, 500), stream_seed(2, 0)}) == 3


def bank() -> CropBank:
    return CropBank(
        images=np.full((6, SIDE, SIDE, 3), 128, np.uint8),
        labels=np.asarray([0, 1, 1, 2, 2, -1]),
        sources=np.asarray(["drawn"] * 6),
        synthetic=np.asarray([False, False, True, False, False, False]),
    )


def test_classes_are_drawn_by_their_shares_and_twins_of_validation_faces_never() -> None:
    chances = draw_weights(bank())
    for label, name in enumerate(CLASSES):
        assert chances[bank().labels == label].sum() == pytest.approx(CLASS_SHARES[name])
    assert chances[5] == 0
    assert chances[2] / chances[1] == pytest.approx(SYNTHETIC_WEIGHT)


def test_crops_have_the_asked_size_and_a_known_label() -> None:
    images, labels = next(iter(CropStream(bank(), size=48, batch=16, seed=0)))
    assert tuple(images.shape) == (16, 48, 48, 3)
    assert set(labels.tolist()) <= {0, 1, 2}
