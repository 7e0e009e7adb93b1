"""What a data folder holds and what is wrong with it, without decoding the pictures."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.dataset.cases import LABELS as CROP_LABELS
from training.dataset.coco import FACE, Picture, load_coco
from training.errors import BrokenAnnotations, DataMissing
from training.geometry import areas, face_sizes

LABEL_FILES = ("masks/train.json", "masks/val.json", "crowds/pseudo.json")
NAMES = {1: "no_mask", 2: "mask_incorrect", 3: "mask_correct", FACE: "face"}
CROP_COLUMNS = ("file", "label", "source", "kind", "synthetic")
TOLERANCE_PX = 2.0  # labels are rounded; a box may stick out this far
JUDGED_FACE_PX = 24.0


def check_data(data: Path) -> dict[str, Any]:
    """Counts per label file and the list of `problems`, each one sentence. Raises DataMissing without the folder."""
    if not data.is_dir():
        raise DataMissing(f"no data folder at {data}; give one with --data")
    files, problems = {}, []
    crops = _read_crops(data)
    for name in LABEL_FILES:
        pictures = load_coco(data / name)
        files[name] = summarise(pictures)
        problems += [f"{name}: {problem}" for problem in find_problems(pictures)]
    problems += [f"masks: {path} is in train and in val" for path in _shared_pictures(data)]
    problems += _crop_problems(crops, data / "crops" / "images")
    counts = Counter(f"{row['source']} {row['label']}" for row in crops)
    return {"files": files, "crops": dict(counts), "problems": problems}


def summarise(pictures: Sequence[Picture]) -> dict[str, Any]:
    """Pictures per source and faces per label, all and those large enough to be judged."""
    categories = np.concatenate([picture.categories for picture in pictures]) if pictures else np.zeros(0, np.int64)
    sizes = np.concatenate([face_sizes(picture.boxes) for picture in pictures]) if pictures else np.zeros(0)
    return {
        "pictures": dict(Counter(picture.source for picture in pictures)),
        "faces": {NAMES[int(label)]: int(count) for label, count in _counts(categories)},
        "faces_24px": {NAMES[int(label)]: int(count) for label, count in _counts(categories[sizes >= JUDGED_FACE_PX])},
        "ignored_regions": sum(len(picture.ignored) for picture in pictures),
    }


def _counts(values: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[tuple[int, int]]:
    return zip(*np.unique(values, return_counts=True), strict=True)


def find_problems(pictures: Sequence[Picture]) -> Iterator[str]:
    """Missing pictures, unknown labels, empty boxes and boxes outside their picture."""
    for picture in pictures:
        name = picture.path.name
        if not picture.path.is_file():
            yield f"{name} is missing"
        if not set(picture.categories.tolist()) <= set(NAMES):
            yield f"{name} has a label that is none of {', '.join(NAMES.values())}"
        if not (areas(picture.boxes) > 0).all():  # NaN is not, either
            yield f"{name} has an empty box"
        limits = np.asarray([picture.width, picture.height], np.float32) + TOLERANCE_PX
        if (picture.boxes[:, :2] < -TOLERANCE_PX).any() or (picture.boxes[:, 2:] > limits).any():
            yield f"{name} has a box outside the picture"


def _shared_pictures(data: Path) -> list[str]:
    train, val = (
        {picture.path.name for picture in load_coco(data / name)} for name in ("masks/train.json", "masks/val.json")
    )
    return sorted(train & val)


def _read_crops(data: Path) -> list[dict[str, str]]:
    path = data / "crops" / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no label file at {path}")
    with path.open(newline="") as file:
        table = csv.DictReader(file)
        if not set(CROP_COLUMNS) <= set(table.fieldnames or ()):
            raise BrokenAnnotations(f"{path}:1: the columns must be {','.join(CROP_COLUMNS)}")
        return list(table)


def _crop_problems(rows: Sequence[dict[str, str]], folder: Path) -> Iterator[str]:
    """Missing pictures, names that stand there twice, and labels that nobody knows."""
    for name, count in Counter(row["file"] for row in rows).items():
        if count > 1:
            yield f"crops/labels.csv: {name} stands there {count} times"
        if not (folder / name).is_file():
            yield f"crops/labels.csv: {name} is missing"
    for row in rows:
        if row["label"] not in CROP_LABELS:
            yield f"crops/labels.csv: {row['file']} has a label that is none of {', '.join(CROP_LABELS)}"
