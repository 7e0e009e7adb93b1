"""Which training pictures show what the validation pictures show: the same photo, or the same shot of a face.

Other photos of the same person or event are not found: that would need face recognition.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.dataset.candidates import FEW_SPANS
from training.dataset.coco import Picture, load_coco
from training.dataset.crops import cut_square
from training.dataset.near_duplicates import Pair, find_pairs
from training.dataset.pixel_cache import read_rgb
from training.dataset.sketches import SKETCH_PX, Sketches, sketch
from training.errors import DataMissing
from training.geometry import face_sizes

HELD_OUT = "masks/val.json"
TRAINING = {"masks": "masks/train.json", "crowds": "crowds/pseudo.json"}
MIN_FACE_PX = 20.0  # smaller faces are a blur that many share
FACE_SCALE = 1.6  # of the box's longer side: hair, collar and background tell strangers apart
CROP_SCALES = (1.0, 1.4, 2.0, 2.8)  # the publishers of crops framed their faces in their own ways
FACE_CORRELATION = 0.88  # masked faces in one pose correlate at 0.8 already


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A training picture and the held-out picture it shares its photo, or a face, with."""

    folder: str  # of the data: masks, crowds or crops
    file: str
    held_out: str
    shared: str  # "picture" or "face"
    likeness: float
    is_mirrored: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Sketches of pictures and of their faces. A missing picture has a blank sketch, which resembles nothing."""

    names: Sequence[str]
    pictures: Sketches
    faces: Sketches
    owners: Sequence[int]  # of each face, a position in names


def find_leaks(data: Path) -> list[Leak]:
    """All leaks of a data folder, by folder and file; takes some minutes for 20,000 pictures."""
    held_out = load_coco(data / HELD_OUT)
    val = look(held_out, (FACE_SCALE,))
    leaks = []
    for folder, labels in TRAINING.items():
        train = look(load_coco(data / labels), (FACE_SCALE,))
        leaks += find_shared(folder, train, val)
    crops = look_at_crops(data / "crops")
    leaks += find_shared("crops", crops, look(held_out, CROP_SCALES))
    return sorted(leaks, key=lambda leak: (leak.folder, leak.file, -leak.likeness))


def find_shared(folder: str, train: Seen, val: Seen) -> list[Leak]:
    """Leaks between two sets; of each pair of pictures only the surest, and the whole picture before a face."""
    pictures = find_pairs(train.pictures, val.pictures)
    faces = find_pairs(train.faces, val.faces, min_correlation=FACE_CORRELATION, spans=FEW_SPANS)
    found: dict[tuple[int, int], Leak] = {}

    def add(shared: str, first: int, second: int, pair: Pair) -> None:
        leak = Leak(
            folder=folder,
            file=train.names[first],
            held_out=val.names[second],
            shared=shared,
            likeness=pair.likeness,
            is_mirrored=pair.is_mirrored,
        )
        found.setdefault((first, second), leak)  # pairs come in falling likeness

    for pair in pictures:
        add("picture", pair.first, pair.second, pair)
    for pair in faces:
        add("face", train.owners[pair.first], val.owners[pair.second], pair)
    return list(found.values())


def look(pictures: Sequence[Picture], scales: Sequence[float]) -> Seen:
    """Sketch pictures and, at these scales, the faces in them."""
    drawn = np.zeros((len(pictures), SKETCH_PX, SKETCH_PX), np.uint8)
    faces, owners = [], []
    for position, picture in enumerate(tqdm(pictures, "looking", disable=None)):
        if not picture.path.is_file():
            continue
        image = read_rgb(picture.path)
        drawn[position] = sketch(image)
        for box in picture.boxes[face_sizes(picture.boxes) >= MIN_FACE_PX]:
            for scale in scales:
                faces.append(sketch(cut_square(image, box, scale=scale, size=2 * SKETCH_PX)))
                owners.append(position)
    names = [picture.path.name for picture in pictures]
    return Seen(
        names=names, pictures=drawn, faces=np.asarray(faces, np.uint8).reshape(-1, SKETCH_PX, SKETCH_PX), owners=owners
    )


def look_at_crops(folder: Path) -> Seen:
    """Sketch the pictures of `crops/`: each is a picture and a face at once."""
    path = folder / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no label file at {path}; give the folder of the data with --data")
    with path.open(newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    drawn = np.zeros((len(names), SKETCH_PX, SKETCH_PX), np.uint8)
    for position, name in enumerate(tqdm(names, "looking", disable=None)):
        if (folder / "images" / name).is_file():
            drawn[position] = sketch(read_rgb(folder / "images" / name))
    return Seen(names=names, pictures=drawn, faces=drawn, owners=range(len(names)))
