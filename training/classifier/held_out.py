"""Labelled faces that training never saw, cut as in serving."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crops import CROP_SCALE, cut_square
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import DataMissing
from training.evaluation.conditions import degrade
from training.geometry import face_sizes

MIN_FACE_PX = 24.0


@dataclass(frozen=True, kw_only=True)
class HeldOutFaces:
    """Faces in the label file's order."""

    crops: Pixels  # [N, S, S, 3]
    labels: NDArray[np.int64]  # [N], positions in CLASSES
    sources: NDArray[np.str_]  # [N]


def cut_held_out(labels: Path, *, size: int, degraded: bool) -> HeldOutFaces:
    """The faces of 24 px and more, out of their pictures or out of the pictures' CCTV copies.

    Raises DataMissing when the file labels no such face.
    """
    crops, classes, sources = [], [], []
    for picture in tqdm(load_coco(labels), "degrading" if degraded else "cutting", disable=None):
        wanted = (face_sizes(picture.boxes) >= MIN_FACE_PX) & (picture.categories != FACE)
        if not wanted.any():
            continue
        image = _shown(picture, degraded=degraded)
        crops += [cut_square(image, box, scale=CROP_SCALE, size=size) for box in picture.boxes[wanted]]
        classes += (picture.categories[wanted] - 1).tolist()
        sources += [picture.source] * int(wanted.sum())
    if not crops:
        raise DataMissing(f"{labels} labels no face of {MIN_FACE_PX:.0f} px and more")
    return HeldOutFaces(crops=np.stack(crops), labels=np.asarray(classes, np.int64), sources=np.asarray(sources))


def _shown(picture: Picture, *, degraded: bool) -> Pixels:
    image = read_rgb(picture.path)
    return degrade(image) if degraded else image
