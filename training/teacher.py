"""Landmarks and doubtful regions from a teacher network, for pictures whose labels have boxes only.

The teacher is YuNet (Wu et al., Machine Intelligence Research 2023, doi:10.1007/s11633-023-1423-y), run as ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from tqdm import tqdm

from training.coco import Picture
from training.errors import DataMissing
from training.geometry import Floats, areas, fit_size, intersections, ious
from training.pixel_cache import Pixels, read_rgb

MATCH_IOU = 0.5  # a teacher's face lends its landmarks to the labelled face it overlaps this much
DOUBT_SCORE = 0.6  # a teacher's face without a label becomes a region to ignore from this score on
LONGER_SIDE = 960  # pixels; faces of about 10 px are still found


@dataclass(frozen=True, kw_only=True)
class TeacherFaces:
    """What the teacher found in one picture, in the picture's own pixels."""

    boxes: Floats  # [N, 4] xyxy
    scores: Floats  # [N]
    points: Floats  # [N, 5, 2]


class YuNet:
    """The teacher behind one call. Reads a dynamic-size YuNet ONNX file; needs no colour normalisation."""

    def __init__(self, path: Path, *, min_score: float = 0.3) -> None:
        if not path.is_file():
            raise DataMissing(f"no teacher weights at {path}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._min_score = min_score

    def find(self, image: Pixels, longer_side: int = LONGER_SIDE) -> TeacherFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        height, width = image.shape[:2]
        scale, padded_width, padded_height = fit_size(width, height, longer_side)
        canvas = np.zeros((padded_height, padded_width, 3), np.float32)
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        canvas[: small.shape[0], : small.shape[1]] = small[..., ::-1]
        outputs = self._session.run(None, {"input": canvas.transpose(2, 0, 1)[None]})
        named = {meta.name: value[0] for meta, value in zip(self._session.get_outputs(), outputs, strict=True)}
        return self._decode(named, canvas.shape[1], scale)

    def _decode(self, named: dict[str, Floats], width: int, scale: float) -> TeacherFaces:
        boxes, scores, points = [], [], []
        for stride in (8, 16, 32):
            score = np.sqrt(np.clip(named[f"cls_{stride}"] * named[f"obj_{stride}"], 0, 1))[:, 0]
            kept = np.flatnonzero(score >= self._min_score)
            cell = np.stack([kept % (width // stride), kept // (width // stride)], axis=1).astype(np.float32)
            box, point = named[f"bbox_{stride}"][kept], named[f"kps_{stride}"][kept].reshape(-1, 5, 2)
            centre, half = (cell + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
            boxes.append(np.concatenate([centre - half, centre + half], axis=1))
            points.append((point + cell[:, None]) * stride)
            scores.append(score[kept])
        ratio = np.float32(1 / scale)
        return _suppress(np.concatenate(boxes) * ratio, np.concatenate(scores), np.concatenate(points) * ratio)


def _suppress(boxes: Floats, scores: Floats, points: Floats) -> TeacherFaces:
    xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), 0.0, 0.45), np.int64).reshape(-1)
    return TeacherFaces(boxes=boxes[kept], scores=scores[kept], points=points[kept])


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
        merge(picture, TeacherFaces(boxes=boxes, scores=scores, points=points))
        for picture, boxes, scores, points in zip(pictures, *parts, strict=True)
    ]


def _store(found: Sequence[TeacherFaces], path: Path) -> None:
    np.savez(
        path,
        boxes=np.concatenate([faces.boxes for faces in found]),
        scores=np.concatenate([faces.scores for faces in found]),
        points=np.concatenate([faces.points for faces in found]),
        counts=np.asarray([len(faces.scores) for faces in found]),
    )


def merge(picture: Picture, faces: TeacherFaces) -> Picture:
    """Give matching labelled faces the teacher's landmarks; a sure face without a label becomes a region to ignore."""
    if not len(faces.boxes):
        return picture
    points, overlap = picture.points.copy(), ious(picture.boxes, faces.boxes)
    for row in range(len(picture.boxes)):
        best = int(overlap[row].argmax())
        if overlap[row, best] >= MATCH_IOU and np.isnan(points[row]).any():
            points[row] = faces.points[best]
    doubtful = faces.boxes[(faces.scores >= DOUBT_SCORE) & ~_touching(faces.boxes, picture.boxes)]
    return replace(picture, points=points, ignored=np.concatenate([picture.ignored, doubtful]).astype(np.float32))


def _touching(boxes: Floats, labelled: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which boxes share a quarter of the smaller area with a labelled one, and so are that face or a part of it."""
    if not len(labelled):
        return np.zeros(len(boxes), bool)
    smaller = np.minimum(areas(boxes)[:, None], areas(labelled)[None])
    return np.asarray((intersections(boxes, labelled) / np.maximum(smaller, 1e-9)).max(axis=1) >= 0.25)
