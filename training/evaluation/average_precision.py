"""Average precision at IoU 0.5, with an interval from resampled pictures.

Detections take faces as in COCO (Lin et al., arXiv:1405.0312; `evaluateImg` in its cocoeval.py): in falling score, each
takes the face it overlaps most among those still free; PASCAL VOC calls it wrong where its best face is taken. Faces
that are too small, and regions to ignore, count neither way. The area under the precision envelope is exact, as in VOC
after 2010 (Everingham et al., doi:10.1007/s11263-014-0733-5); COCO samples it at 101 recalls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.evaluation.resampling import ROUNDS, Weights, picture_weights, resampled
from training.geometry import Floats, covered_shares, face_sizes, ious

MATCH_IOU = 0.5
IGNORED_SHARE = 0.5  # a detection with this share of its area in a region to ignore is not judged
NOBODY = -1
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Which labelled face each detection took, in the order the detections came."""

    faces: Places  # [D] position of the labelled face, or NOBODY
    counted: Flags  # [D] False where the detection is neither right nor wrong


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One picture's detections, judged. The arrays are in falling score and hold only what counts."""

    scores: Floats  # [D]
    right: Flags  # [D]
    sizes: Floats  # [D], sqrt(width * height) in pixels
    faces: int  # labelled faces that count


def match(boxes: Floats, scores: Floats, labelled: Floats, ignored: Floats, counts: Flags) -> Matches:
    """Match detections [D, 4] to labelled faces [N, 4]; `counts` [N] is False for faces too small to be judged."""
    overlap = ious(boxes, labelled)
    excused = covered_shares(boxes, ignored) >= IGNORED_SHARE
    free = np.ones(len(labelled), bool)
    faces, counted = np.full(len(boxes), NOBODY, np.int64), ~excused
    near = overlap.max(axis=1, initial=0) >= MATCH_IOU
    order = np.argsort(-scores, kind="stable")
    for row in order[near[order]]:
        face = _best(overlap[row], free & counts)
        if face is not None:
            free[face] = False
            faces[row], counted[row] = face, True
        elif _best(overlap[row], ~counts) is not None:
            counted[row] = False
    return Matches(faces=faces, counted=counted)


def judge(boxes: Floats, scores: Floats, labelled: Floats, ignored: Floats, counts: Flags) -> Judged:
    """Match as `match` does and keep what average precision needs."""
    matches = match(boxes, scores, labelled, ignored, counts)
    order = np.argsort(-scores, kind="stable")
    order = order[matches.counted[order]]
    right = matches.faces[order] != NOBODY
    return Judged(scores=scores[order], right=right, sizes=face_sizes(boxes[order]), faces=int(counts.sum()))


def forgive_small(picture: Judged, min_size: float) -> Judged:
    """Drop wrong detections under `min_size` pixels, as COCO does outside of an area range (arXiv:1405.0312)."""
    return forgive_outside(picture, min_size, np.inf)


def forgive_outside(picture: Judged, low: float, high: float) -> Judged:
    """Drop wrong detections whose size is not within low..high (high excluded), as COCO does (arXiv:1405.0312)."""
    kept = picture.right | ((picture.sizes >= low) & (picture.sizes < high))
    return replace(picture, scores=picture.scores[kept], right=picture.right[kept], sizes=picture.sizes[kept])


def _best(overlap: Floats, available: Flags) -> int | None:
    masked = np.where(available, overlap, 0)
    if not masked.size or masked.max() < MATCH_IOU:
        return None
    return int(masked.argmax())


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The detections of many pictures in falling score."""

    scores: Floats  # [D]
    right: Flags  # [D]
    owners: Places  # [D] which picture
    faces: Places  # [P] faces to find in each picture


def rank(judged: Sequence[Judged]) -> Ranking:
    """Merge pictures; equal scores keep the pictures' order."""
    scores = np.concatenate([np.zeros(0, np.float32), *(picture.scores for picture in judged)])
    right = np.concatenate([np.zeros(0, bool), *(picture.right for picture in judged)])
    owners = np.repeat(np.arange(len(judged)), [len(picture.scores) for picture in judged])
    order = np.argsort(-scores, kind="stable")
    faces = np.asarray([picture.faces for picture in judged], np.int64)
    return Ranking(scores=scores[order], right=right[order], owners=owners[order], faces=faces)


def average_precision(judged: Sequence[Judged]) -> float:
    """AP50 over these pictures, 0..1; 0 when there is no face to find."""
    return ranked_precision(rank(judged)) or 0.0


def ranked_precision(ranking: Ranking, weights: Weights | None = None) -> float | None:
    """AP50 with each picture counted `weights` times [P]; None when there is no face to find."""
    weights = np.ones(len(ranking.faces), np.int64) if weights is None else weights
    faces = int((ranking.faces * weights).sum())
    if faces == 0:
        return None
    counts = weights[ranking.owners]
    hits = np.cumsum(counts * ranking.right)
    precision = hits / np.maximum(np.cumsum(counts), 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * np.diff(hits, prepend=0)).sum() / faces)


def resampled_interval(judged: Sequence[Judged], *, rounds: int = ROUNDS, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of AP50 by bootstrap over pictures; (0, 0) when there is no face to find."""
    ranking = rank(judged)
    draws = picture_weights(len(judged), np.random.default_rng(seed), rounds=rounds)
    return resampled(lambda weights: ranked_precision(ranking, weights), draws) or (0.0, 0.0)
