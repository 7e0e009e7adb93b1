"""Where the detector's pictures come from: label sets, their pixels, and the sizes they are shown at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.augment import windows
from training.dataset.box_style import in_one_style
from training.dataset.coco import FACE, NO_MASK, Picture, load_coco
from training.dataset.excluded import without_leaks
from training.dataset.pixel_cache import PixelCache, open_cache, shrunk_size
from training.errors import BrokenAnnotations
from training.labels.agreement import Trust, agree
from training.labels.cleaning import Rules, clean_labels
from training.labels.teachers import open_teacher

CACHE_SIDES = {
    "masks": 640,
    "crowds": 896,
    "portraits": 192,
}  # pixels; the crowds' faces are too small to give any away
# Around the 640 px that serving uses; portraits are small, and tiles of mosaics only.
LONGER_SIDES = {"masks": (300.0, 1050.0), "crowds": (560.0, 1250.0), "portraits": (128.0, 420.0)}
BARE = ("crowds",)  # its pictures are older than the pandemic
ALONE = Trust(vote=0.5, sure=0.6)  # of one teacher that nobody checks: its face without a label is ignored from 0.6 on


@dataclass(frozen=True, kw_only=True)
class Source:
    """One set of pictures with its pixels and the range of sizes they are shown at."""

    pictures: Sequence[Picture]
    pixels: PixelCache
    longer_side: tuple[float, float]
    has_bare_faces: bool = False  # whether faces without a mask label wear none

    def sample(self, index: int) -> windows.Sample:
        """The picture and its labels in the cached pixels."""
        picture, image = self.pictures[index], self.pixels[index]
        scale = np.float32(image.shape[1] / picture.width)
        labels = (picture.boxes * scale, picture.points * scale, picture.ignored * scale)
        bare = (picture.categories == NO_MASK) | ((picture.categories == FACE) & self.has_bare_faces)
        return windows.Sample(image=image, boxes=labels[0], points=labels[1], ignored=labels[2], bare=bare)


def open_sources(data: Path, cache: Path, labels: Path | None = None) -> dict[str, Source]:
    """Read labels and decode all pictures once (a minute, the first time); what shows held-out pictures is left out.

    `labels` is a folder that `data relabel` wrote; it also brings `portraits`. Without it one teacher, YuNet, looks at
    the pictures of `masks` (minutes, the first time).
    """
    named = _taught(data, cache) if labels is None else _relabelled(data, labels)
    return {name: _source(name, pictures, data, cache) for name, pictures in named.items() if pictures}


def _source(name: str, pictures: Sequence[Picture], data: Path, cache: Path) -> Source:
    """The pictures that show nothing held out; all are cached, so that a new list of leaks builds no new cache."""
    pixels = open_cache([picture.path for picture in pictures], CACHE_SIDES[name], cache)
    check_sizes(pictures, pixels, CACHE_SIDES[name])
    allowed = {picture.path for picture in without_leaks(pictures, data)}
    rows = [row for row, picture in enumerate(pictures) if picture.path in allowed]
    return Source(
        pictures=[in_one_style(pictures[row]) for row in rows],
        pixels=pixels.only(rows),
        longer_side=LONGER_SIDES[name],
        has_bare_faces=name in BARE,
    )


def check_sizes(pictures: Sequence[Picture], pixels: PixelCache, longer_side: int) -> None:
    """Raise BrokenAnnotations for the first label that knows another picture: its boxes would lie anywhere."""
    for picture, (height, width) in zip(pictures, pixels.shapes.tolist(), strict=True):
        wanted = shrunk_size(picture.width, picture.height, longer_side)
        if max(abs(wanted[0] - width), abs(wanted[1] - height)) > 1:
            told = f"{picture.width}x{picture.height}, but shrunk to {longer_side} px it is {width}x{height}"
            raise BrokenAnnotations(f"the label of {picture.path.name} says {told}")


def _relabelled(data: Path, labels: Path) -> dict[str, list[Picture]]:
    folders = {"masks": "masks", "crowds": "crowds", "portraits": "crops"}
    return {name: load_coco(labels / f"{name}.json", data / folder / "images") for name, folder in folders.items()}


def _taught(data: Path, cache: Path) -> dict[str, list[Picture]]:
    masks = load_coco(data / "masks" / "train.json")
    found = open_teacher("yunet-s", data).teach([picture.path for picture in masks], "masks", cache)
    agreed = [agree([faces], [ALONE]) for faces in found]
    cleaned = [clean_labels(picture, faces, Rules()) for picture, faces in zip(masks, agreed, strict=True)]
    return {
        "masks": [one.labelled.picture for one in cleaned],
        "crowds": load_coco(data / "crowds" / "pseudo.json"),
    }
