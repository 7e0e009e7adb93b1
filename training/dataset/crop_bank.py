"""All training faces, cut out once with room around them, as one memory-mapped array.

From `masks/train.json` come the labelled boxes; from `crops/` the surest face the teacher finds in each picture.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import BrokenAnnotations, DataMissing
from training.finders.yunet import YuNet
from training.geometry import Floats, face_sizes

CLASSES = ("no_mask", "mask_incorrect", "mask_correct")
SIDE = 176  # pixels of a stored square
ROOM = 1.9  # a stored square's side against the face box's longer side: space for jitter and rotation
MIN_FACE_PX = 14.0
TWIN_CORRELATION = 0.92  # of two grey thumbnails; looked at on this data: above it half are one photo, below it none
THUMBNAIL_PX = 12


@dataclass(frozen=True, kw_only=True)
class CropBank:
    """The stored squares and what is known of each."""

    images: NDArray[np.uint8]  # [N, SIDE, SIDE, 3] RGB
    labels: NDArray[np.int64]  # [N], a position in CLASSES
    sources: NDArray[np.str_]  # [N]
    synthetic: NDArray[np.bool_]  # [N]


@dataclass(frozen=True, kw_only=True)
class Crop:
    """One face on its way into the bank."""

    image: Pixels
    label: int
    source: str
    synthetic: bool


def open_bank(data: Path, cache: Path) -> CropBank:
    """Open the bank of this data folder; build it when it is not there yet (minutes)."""
    key = hashlib.sha256(f"{data.resolve()} {SIDE} {ROOM} {MIN_FACE_PX}".encode()).hexdigest()[:12]
    pixels, table = cache / f"crops-{key}.u8", cache / f"crops-{key}.npz"
    if not table.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        _build(data, pixels, table)
    columns = np.load(table)
    shape = (len(columns["labels"]), SIDE, SIDE, 3)
    bank = CropBank(
        images=np.memmap(pixels, np.uint8, "r", shape=shape),
        labels=columns["labels"],
        sources=columns["sources"],
        synthetic=columns["synthetic"],
    )
    return without(bank, columns["likeness"] >= TWIN_CORRELATION)


def _build(data: Path, pixels: Path, table: Path) -> None:
    known: list[tuple[int, str, bool]] = []
    thumbnails = []
    with pixels.open("wb") as file:
        for crop in _all_crops(data):
            file.write(crop.image.tobytes())
            known.append((crop.label, crop.source, crop.synthetic))
            thumbnails.append(thumbnail(crop.image))
    held_out = [thumbnail(crop.image) for crop in label_crops(load_coco(data / "masks" / "val.json"))]
    labels, sources, synthetic = zip(*known, strict=True)
    likeness = likenesses(np.stack(thumbnails), np.stack(held_out))
    np.savez(table, labels=np.asarray(labels), sources=sources, synthetic=synthetic, likeness=likeness)


def _all_crops(data: Path) -> Iterator[Crop]:
    yield from label_crops(load_coco(data / "masks" / "train.json"))
    yield from photo_crops(data)


def label_crops(pictures: list[Picture]) -> Iterator[Crop]:
    """The labelled faces of these pictures that are large enough and have a mask label."""
    for picture in tqdm(pictures, "faces", disable=None):
        wanted = (face_sizes(picture.boxes) >= MIN_FACE_PX) & (picture.categories != FACE)
        if not wanted.any():
            continue
        image = read_rgb(picture.path)
        for box, category in zip(picture.boxes[wanted], picture.categories[wanted], strict=True):
            square = cut_square(image, box, scale=ROOM, size=SIDE)
            yield Crop(image=square, label=int(category) - 1, source=picture.source, synthetic=False)


def photo_crops(data: Path) -> Iterator[Crop]:
    """The faces of `crops/labels.csv`, framed like a detector's; photos without a face for the teacher are left out."""
    path = data / "crops" / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no label file at {path}; give the folder of the data with --data")
    teacher = YuNet(data / "weights" / "yunet_n_dynamic.onnx")
    with path.open(newline="") as file:
        for row in tqdm(list(csv.DictReader(file)), "crops", disable=None):
            crop = _photo_crop(data / "crops" / "images", row, teacher)
            if crop is not None:
                yield crop


def _photo_crop(folder: Path, row: dict[str, Any], teacher: YuNet) -> Crop | None:
    if row["label"] not in CLASSES:
        raise BrokenAnnotations(f"labels.csv knows no label {row['label']!r}; the labels are {', '.join(CLASSES)}")
    image = read_rgb(folder / row["file"])
    box = _surest_box(image, teacher, is_crop=row["kind"] == "crop")
    if box is None:
        return None
    square = cut_square(image, box, scale=ROOM, size=SIDE)
    label, is_synthetic = CLASSES.index(row["label"]), row["synthetic"] == "yes"
    return Crop(image=square, label=label, source=row["source"], synthetic=is_synthetic)


def _surest_box(image: Pixels, teacher: YuNet, *, is_crop: bool) -> Floats | None:
    height, width = image.shape[:2]
    margin = max(height, width) // 4  # a face that fills the picture is found only with room around it
    framed = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    faces = teacher.find(np.asarray(framed, np.uint8), 256)
    if len(faces.scores) and faces.scores.max() >= 0.5:
        return np.asarray(faces.boxes[faces.scores.argmax()] - margin, np.float32)
    if not is_crop:
        return None
    return np.asarray([0.1 * width, 0.1 * height, 0.9 * width, 0.9 * height], np.float32)


def thumbnail(image: Pixels) -> Floats:
    """A grey thumbnail of the middle, as a vector of zero mean and unit length."""
    edge = round(SIDE * 0.2)
    grey = cv2.cvtColor(image[edge:-edge, edge:-edge], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA).astype(np.float32).reshape(-1)
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), np.float32)


def likenesses(thumbnails: Floats, held_out: Floats) -> Floats:
    """The correlation [N] of each thumbnail [N, K] with the likest held-out one [M, K], mirrored or not."""
    square = held_out.reshape(-1, THUMBNAIL_PX, THUMBNAIL_PX)
    both = np.concatenate([held_out, square[:, :, ::-1].reshape(len(held_out), -1)])
    return np.asarray((thumbnails @ both.T).max(axis=1), np.float32)


def without(bank: CropBank, dropped: NDArray[np.bool_]) -> CropBank:
    """Mark the dropped rows so that nothing draws them: their label becomes -1. The pixels stay where they are."""
    labels = np.where(dropped, -1, bank.labels)
    return CropBank(images=bank.images, labels=labels, sources=bank.sources, synthetic=bank.synthetic)
