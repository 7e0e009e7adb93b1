"""Faces as CCTV cameras show them, without labels: what a classifier is adapted to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.building import alone, content_key
from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crop_bank import ROOM, SIDE, CropBank
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import DataMissing
from training.geometry import face_sizes

TARGET_SOURCES = ("kaggle853", "ilc2021")  # shops, streets and stations; validation is of the same two
MIN_FACE_PX = 20.0  # of a crowd's face; below, the crop is all blur
FACES_PER_PICTURE = 4  # of a crowd: one class room must not be a tenth of the target
CROWD_SHARE = 0.3  # of the target; crowds wear hardly any masks, and a target without masks would unlearn them


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Unlabelled squares and how likely each is drawn."""

    images: NDArray[np.uint8]  # [N, SIDE, SIDE, 3] RGB
    chances: NDArray[np.float64]  # [N], not negative; the sum is this pool's weight against other pools


def open_targets(data: Path, cache: Path, bank: CropBank) -> tuple[Pool, ...]:
    """The target domain: the bank's street faces with their labels forgotten, and faces of `crowds/`.

    Rows that the bank has set aside, near-duplicates of validation faces, are not drawn here either.
    """
    crowd = open_crowd(data, cache)
    mine = np.isin(bank.sources, TARGET_SOURCES) & (bank.labels >= 0) & ~bank.synthetic
    return (
        Pool(images=bank.images, chances=mine * (1 - CROWD_SHARE) / max(int(mine.sum()), 1)),
        Pool(images=crowd, chances=np.full(len(crowd), CROWD_SHARE / max(len(crowd), 1))),
    )


def open_crowd(data: Path, cache: Path) -> NDArray[np.uint8]:
    """Squares [N, SIDE, SIDE, 3] around faces of `crowds/`; cut once (half a minute), then mapped from the cache."""
    settings = (data.resolve(), SIDE, ROOM, MIN_FACE_PX, FACES_PER_PICTURE)
    key = content_key(settings, [data / "crowds" / "pseudo.json"])
    path = cache / f"crowd-{key}.npy"
    with alone(path):
        _cut_once(data, path)
    return np.asarray(np.load(path, mmap_mode="r"))


def _cut_once(data: Path, path: Path) -> None:
    if not path.is_file():
        labels = data / "crowds" / "pseudo.json"
        squares = list(_cut(load_coco(labels)))
        if not squares:
            raise DataMissing(f"{labels} has no face of {MIN_FACE_PX:.0f} px and more to adapt to")
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.stack(squares))
        partial.replace(path)


def _cut(pictures: list[Picture]) -> Iterator[Pixels]:
    random = np.random.default_rng(0)  # which faces of a picture are taken is no part of a run's seed
    for picture in tqdm(pictures, "crowd", disable=None):
        large = np.flatnonzero((face_sizes(picture.boxes) >= MIN_FACE_PX) & (picture.categories == FACE))
        if not len(large):
            continue
        image = read_rgb(picture.path)
        for face in random.permutation(large)[:FACES_PER_PICTURE]:
            yield cut_square(image, picture.boxes[face], scale=ROOM, size=SIDE)
