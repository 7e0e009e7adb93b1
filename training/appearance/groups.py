"""Faces as the classifier sees them, in groups of the same person at nearly the same time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.codec import through_jpeg
from training.augment.photometric import coarsen, jitter_colour
from training.dataset.crops import cut_square
from training.dataset.faces68 import load_faces68
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import DataMissing

SOURCE = "technion24k"  # of crops/: small faces as cameras see them, masked and bare
FACES, MOMENTS = 1500, 4  # of it, and of each of them
SEED = 3
SMALLEST, LARGEST = 14.0, 90.0  # pixels of a face that a camera sees


@dataclass(frozen=True, kw_only=True)
class Faces:
    """Crops with who and how they are."""

    crops: Pixels  # [N, size, size, 3] RGB
    groups: NDArray[np.str_]  # [N]: equal for one person at nearly one time
    people: NDArray[np.str_]  # [N]: equal for one person
    labels: NDArray[np.str_]  # [N]: how the mask is worn


def filmed(data: Path, size: int, scale: float) -> Faces:
    """Bare faces of people on the Web, several frames of each video: `fit/faces68` (YouTube Faces)."""
    faces = load_faces68(data / "fit" / "faces68")
    names = [face.path.stem.rsplit("_", 1) for face in faces]  # who, and the digits of the video and the frame
    crops = [cut_square(read_rgb(face.path), face.box(), scale=scale, size=size) for face in faces]
    return Faces(
        crops=np.stack(crops),
        groups=np.asarray([f"{who} {digits[0]}" for who, digits in names]),
        people=np.asarray([who for who, _ in names]),
        labels=np.full(len(faces), "no_mask"),
    )


def imagined(data: Path, size: int) -> Faces:
    """Small faces of `crops/`, masked and bare, each as it might look a moment later and from farther away."""
    random = np.random.default_rng(SEED)
    rows = _rows(data / "crops")
    chosen = [rows[place] for place in random.permutation(len(rows))[:FACES]]
    crops = [
        crop for row in chosen for crop in _moments(read_rgb(data / "crops" / "images" / row["file"]), size, random)
    ]
    names = np.repeat([row["file"] for row in chosen], MOMENTS)
    labels = np.repeat([row["label"] for row in chosen], MOMENTS)
    return Faces(crops=np.stack(crops), groups=names, people=names, labels=labels)


def _rows(folder: Path) -> Sequence[dict[str, str]]:
    path = folder / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no labels at {path}; give the folder of the data with --data")
    with path.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["source"] == SOURCE]


def _moments(image: Pixels, size: int, random: np.random.Generator) -> Iterator[Pixels]:
    yield _sized(image, size)
    for _ in range(MOMENTS - 1):
        seen = coarsen(_moved(image, random), min(1.0, _seen_size(random) / max(image.shape[:2])))
        yield _sized(through_jpeg(jitter_colour(seen, random), quality=int(random.integers(50, 95))), size)


def _moved(image: Pixels, random: np.random.Generator) -> Pixels:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.normal(0, 6), np.exp(random.normal(0, 0.06)))
    turn[:, 2] += random.normal(0, 0.04, 2) * np.asarray((width, height))
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _seen_size(random: np.random.Generator) -> float:
    return float(np.exp(random.uniform(np.log(SMALLEST), np.log(LARGEST))))


def _sized(image: Pixels, size: int) -> Pixels:
    method = cv2.INTER_AREA if max(image.shape[:2]) > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=method), np.uint8)
