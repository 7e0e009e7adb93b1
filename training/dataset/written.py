"""Labels as a COCO file that `load_coco` reads back. The pictures stay where they are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset.coco import FACE, Picture
from training.geometry import Floats

KEYPOINTS = ("eye_left", "eye_right", "nose_tip", "mouth_left", "mouth_right")
CATEGORIES = (
    {"id": 1, "name": "no_mask"},
    {"id": 2, "name": "mask_incorrect"},
    {"id": 3, "name": "mask_correct"},
    {"id": FACE, "name": "face", "keypoints": list(KEYPOINTS)},
)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A picture and what finders said of each of its faces."""

    picture: Picture
    votes: NDArray[np.int64]  # [N] finders that saw the face
    scores: Floats  # [N] their mean score, 0 without any


def write_coco(rows: Sequence[Labelled], path: Path, images: Path) -> None:
    """Write a label file for pictures that all lie in the folder `images`."""
    annotations = [
        annotation | {"image_id": number}
        for number, row in enumerate(rows, start=1)
        for annotation in (*_faces(row), *_regions(row.picture))
    ]
    document = {
        "info": {"images": os.path.relpath(images.resolve(), path.parent.resolve())},
        "images": [_image(number, row.picture) for number, row in enumerate(rows, start=1)],
        "annotations": [{"id": number, **row} for number, row in enumerate(annotations, start=1)],
        "categories": CATEGORIES,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document))
    part.replace(path)


def _image(number: int, picture: Picture) -> dict[str, Any]:
    size = {"width": picture.width, "height": picture.height}
    return {"id": number, "file_name": picture.path.name, **size, "source": picture.source}


def _faces(row: Labelled) -> Iterator[dict[str, Any]]:
    columns = (row.picture.boxes, row.picture.categories, row.picture.points, row.votes, row.scores)
    for box, category, points, votes, score in zip(*columns, strict=True):
        known = ~np.isnan(points).any(axis=1)
        places = np.where(known[:, None], points, 0).round(2)
        keypoints = np.concatenate([places, np.where(known, 2, 0)[:, None]], axis=1)
        yield {
            "category_id": int(category),
            "iscrowd": 0,
            **_extent(box),
            "keypoints": [round(float(value), 2) for value in keypoints.reshape(-1)],
            "num_keypoints": int(known.sum()),
            "votes": int(votes),
            "score": round(float(score), 3),
        }


def _regions(picture: Picture) -> Iterator[dict[str, Any]]:
    for box in picture.ignored:
        yield {"category_id": FACE, "iscrowd": 1, **_extent(box)}


def _extent(box: Floats) -> dict[str, Any]:
    x, y, right, bottom = (float(value) for value in box)
    width, height = round(right - x, 2), round(bottom - y, 2)
    return {"bbox": [round(x, 2), round(y, 2), width, height], "area": round(width * height, 1)}
