"""Landmarks and doubtful regions from a teacher network, for pictures whose labels have boxes only.

The teacher is YuNet (Wu et al., Machine Intelligence Research 2023, doi:10.1007/s11633-023-1423-y), run as ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.dataset.coco import Picture
from training.dataset.pixel_cache import read_rgb
from training.finders.found import FoundFaces
from training.finders.yunet import YuNet
from training.geometry import Floats, areas, intersections, ious

MATCH_IOU = 0.5  # a teacher's face lends its landmarks to the labelled face it overlaps this much
DOUBT_SCORE = 0.6  # a teacher's face without a label becomes a region to ignore from this score on


def teach(pictures: Sequence[Picture], weights: Path, folder: Path, name: str) -> list[Picture]:
    """Add the teacher's landmarks and doubtful regions to the pictures; its answers are kept in `folder`."""
    store = folder / f"teacher-{name}.npz"
    if not store.is_file():
        teacher = YuNet(weights)
        found = [teacher.find(read_rgb(picture.path)) for picture in tqdm(pictures, "teacher", disable=None)]
        folder.mkdir(parents=True, exist_ok=True)
        _store(found, store)
    table = np.load(store)
    ends = np.cumsum(table["counts"])[:-1]
    parts = (np.split(table[column], ends) for column in ("boxes", "scores", "points"))
    return [
        merge(picture, FoundFaces(boxes=boxes, scores=scores, landmarks=points))
        for picture, boxes, scores, points in zip(pictures, *parts, strict=True)
    ]


def _store(found: Sequence[FoundFaces], path: Path) -> None:
    np.savez(
        path,
        boxes=np.concatenate([faces.boxes for faces in found]),
        scores=np.concatenate([faces.scores for faces in found]),
        points=np.concatenate([faces.landmarks for faces in found]),
        counts=np.asarray([len(faces.scores) for faces in found]),
    )


def merge(picture: Picture, faces: FoundFaces) -> Picture:
    """Give matching labelled faces the teacher's landmarks; a sure face without a label becomes a region to ignore."""
    if not len(faces.boxes):
        return picture
    points, overlap = picture.points.copy(), ious(picture.boxes, faces.boxes)
    for row in range(len(picture.boxes)):
        best = int(overlap[row].argmax())
        if overlap[row, best] >= MATCH_IOU and np.isnan(points[row]).any():
            points[row] = faces.landmarks[best]
    doubtful = faces.boxes[(faces.scores >= DOUBT_SCORE) & ~_touching(faces.boxes, picture.boxes)]
    return replace(picture, points=points, ignored=np.concatenate([picture.ignored, doubtful]).astype(np.float32))


def _touching(boxes: Floats, labelled: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which boxes share a quarter of the smaller area with a labelled one, and so are that face or a part of it."""
    if not len(labelled):
        return np.zeros(len(boxes), bool)
    smaller = np.minimum(areas(boxes)[:, None], areas(labelled)[None])
    return np.asarray((intersections(boxes, labelled) / np.maximum(smaller, 1e-9)).max(axis=1) >= 0.25)
