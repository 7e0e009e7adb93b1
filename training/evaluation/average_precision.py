"""Average precision at IoU 0.5, with an interval from resampled pictures.

The rules are those of PASCAL VOC after 2010 (Everingham et al., doi:10.1007/s11263-014-0733-5): detections in falling
score, each takes the labelled face it overlaps most, a second one on the same face is wrong, and the area under the
precision envelope is exact. Faces that are too small, and regions to ignore, count neither way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.geometry import Floats, covered_shares, face_sizes, ious

MATCH_IOU = 0.5
IGNORED_SHARE = 0.5  # a detection with this share of its area in a region to ignore is not judged


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One picture's detections, judged. The arrays are in falling score and hold only what counts."""

    scores: Floats  # [D]
    right: NDArray[np.bool_]  # [D]
    sizes: Floats  # [D], sqrt(width * height) in pixels
    faces: int  # labelled faces that count


def judge(boxes: Floats, scores: Floats, labelled: Floats, ignored: Floats, counts: NDArray[np.bool_]) -> Judged:
    """Match detections [D, 4] to labelled faces [N, 4]; `counts` [N] is False for faces too small to be judged."""
    order = np.argsort(-scores, kind="stable")
    boxes, scores = boxes[order], scores[order]
    overlap = ious(boxes, labelled)
    excused = covered_shares(boxes, ignored) >= IGNORED_SHARE
    free, right, kept = np.ones(len(labelled), bool), [], []
    for row in range(len(boxes)):
        face = _best(overlap[row], free & counts)
        if face is not None:
            free[face] = False
        elif excused[row] or _best(overlap[row], ~counts) is not None:
            continue
        right.append(face is not None)
        kept.append(row)
    right_ones = np.asarray(right, bool)
    return Judged(scores=scores[kept], right=right_ones, sizes=face_sizes(boxes[kept]), faces=int(counts.sum()))


def forgive_small(picture: Judged, min_size: float) -> Judged:
    """Drop wrong detections under `min_size` pixels, as COCO does outside of an area range (arXiv:1405.0312)."""
    kept = picture.right | (picture.sizes >= min_size)
    return replace(picture, scores=picture.scores[kept], right=picture.right[kept], sizes=picture.sizes[kept])


def _best(overlap: Floats, available: NDArray[np.bool_]) -> int | None:
    masked = np.where(available, overlap, 0)
    if not masked.size or masked.max() < MATCH_IOU:
        return None
    return int(masked.argmax())


def average_precision(judged: Sequence[Judged]) -> float:
    """AP50 over these pictures, 0..1; 0 when there is no face to find."""
    faces = sum(picture.faces for picture in judged)
    if faces == 0:
        return 0.0
    scores, right = _joined(judged)
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(np.concatenate([[0], hits])) / faces
    return float((envelope * steps).sum())


def _joined(judged: Sequence[Judged]) -> tuple[Floats, NDArray[np.bool_]]:
    scores = np.concatenate([np.zeros(0, np.float32), *(picture.scores for picture in judged)])
    return scores, np.concatenate([np.zeros(0, bool), *(picture.right for picture in judged)])


def resampled_interval(judged: Sequence[Judged], *, rounds: int = 300, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of AP50 by bootstrap over pictures (Efron 1979)."""
    random = np.random.default_rng(seed)
    draws = [random.integers(len(judged), size=len(judged)) for _ in range(rounds)]
    values = [average_precision([judged[i] for i in draw]) for draw in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """What one threshold gives: precision and recall, 0..1."""

    min_score: float
    precision: float
    recall: float


def operating_point(judged: Sequence[Judged], min_score: float) -> OperatingPoint:
    """Precision and recall when detections below `min_score` are dropped."""
    scores, right = _joined(judged)
    found = right[scores >= min_score]
    faces = sum(picture.faces for picture in judged)
    precision = float(found.mean()) if len(found) else 0.0
    return OperatingPoint(min_score=min_score, precision=precision, recall=float(found.sum()) / max(faces, 1))


def best_operating_point(judged: Sequence[Judged]) -> OperatingPoint:
    """The threshold, in steps of 0.01, with the highest F1."""
    points = [operating_point(judged, step / 100) for step in range(5, 96)]
    return max(points, key=lambda p: 2 * p.precision * p.recall / max(p.precision + p.recall, 1e-9))
