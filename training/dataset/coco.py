"""COCO label files (https://cocodataset.org/#format-data) as typed values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.errors import BrokenAnnotations, DataMissing
from training.geometry import Floats, from_xywh

NO_MASK = 1  # the category of faces that wear none
FACE = 4  # the category of faces without a mask label


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One labelled picture. Boxes and points are in its own pixels."""

    path: Path
    width: int
    height: int
    source: str
    boxes: Floats  # [N, 4] xyxy
    categories: np.ndarray[Any, np.dtype[np.int64]]  # [N]: 1 no_mask, 2 mask_incorrect, 3 mask_correct, 4 face
    points: Floats  # [N, 5, 2]; NaN where a face has no landmarks
    ignored: Floats  # [M, 4] regions in which a found face counts neither as right nor as wrong


def load_coco(labels: Path, images: Path | None = None) -> list[Picture]:
    """Read a label file; its pictures lie in `images`, by default where the file says, or in `images/` beside it.

    A file says so in `info.images`, a path seen from the file's folder: `data relabel` leaves pictures where they are.
    Raises DataMissing without the file, BrokenAnnotations when it is not COCO.
    """
    if not labels.is_file():
        raise DataMissing(f"no label file at {labels}; give the folder of the data with --data")
    try:
        document = json.loads(labels.read_text())
        rows = _by_picture(document)
        folder = images or labels.parent / (document.get("info") or {}).get("images", "images")
        return [_picture(folder, image, rows[image["id"]]) for image in document["images"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenAnnotations(f"{labels} is not a COCO label file: {type(error).__name__} {error}") from error


def _by_picture(document: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    rows: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in document["images"]}
    if len(rows) < len(document["images"]):
        raise ValueError("two pictures have one id")
    for row in document["annotations"]:
        rows[row["image_id"]].append(row)
    return rows


def _picture(folder: Path, image: dict[str, Any], rows: list[dict[str, Any]]) -> Picture:
    faces = [row for row in rows if not row.get("iscrowd")]
    regions = [row for row in rows if row.get("iscrowd")]
    return Picture(
        path=folder / image["file_name"],
        width=int(image["width"]),
        height=int(image["height"]),
        source=str(image.get("source", "unknown")),
        boxes=_boxes(faces),
        categories=np.asarray([row["category_id"] for row in faces], np.int64),
        points=np.asarray([_points(row) for row in faces], np.float32).reshape(-1, 5, 2),
        ignored=_boxes(regions),
    )


def _boxes(rows: list[dict[str, Any]]) -> Floats:
    four = [(x, y, width, height) for x, y, width, height in (row["bbox"] for row in rows)]
    return from_xywh(np.asarray(four, np.float32).reshape(-1, 4))


def _points(row: dict[str, Any]) -> Floats:
    keypoints = np.asarray(row.get("keypoints") or [np.nan, np.nan, 0] * 5, np.float32).reshape(5, 3)
    points = keypoints[:, :2].copy()
    points[keypoints[:, 2] == 0] = np.nan
    return points
