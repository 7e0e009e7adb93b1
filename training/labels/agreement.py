"""What several finders agree on: their boxes of one face become one face with votes.

Like weighted boxes fusion (Solovyev et al., arXiv:1910.13302), but with medians, which one odd box does not move, and
with at most one box per finder in a face, so that votes count finders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.finders.found import FoundFaces
from training.geometry import Floats, ious

SAME_FACE_IOU = 0.45  # finders draw foreheads and chins differently


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How far a finder's scores are believed; every finder has a scale of its own."""

    vote: float = 0.5  # from this score on its word counts
    sure: float = 0.85  # from this score on it needs nobody else


@dataclass(frozen=True, kw_only=True)
class AgreedFaces:
    """One picture's faces as the finders see them together, in falling votes and then falling score."""

    boxes: Floats  # [G, 4] xyxy: the median of the finders' boxes
    landmarks: Floats  # [G, 5, 2]: the mean of those who know them, NaN where nobody does
    scores: Floats  # [G], 0..1: the mean
    voters: NDArray[np.bool_]  # [G, F]: which finders' scores reached their vote
    sure: NDArray[np.bool_]  # [G]: one finder's score sufficed alone

    @property
    def votes(self) -> NDArray[np.int64]:
        """How many finders saw each face [G]; 0 for one that was only suspected."""
        return np.asarray(self.voters.sum(axis=1), np.int64)


def agree(answers: Sequence[FoundFaces], trusts: Sequence[Trust]) -> AgreedFaces:
    """Join the answers of several finders, one entry and one trust each, for one picture."""
    pooled = _pool(answers)
    owners = np.repeat(np.arange(len(answers)), [len(found.scores) for found in answers])
    clusters = _clusters(pooled.boxes, _relative(pooled.scores, owners, trusts), owners)
    voters = np.zeros((len(clusters), len(answers)), bool)
    sure = np.zeros(len(clusters), bool)
    for row, members in enumerate(clusters):
        for member in members:
            trust, score = trusts[owners[member]], pooled.scores[member]
            voters[row, owners[member]] = score >= trust.vote
            sure[row] |= score >= trust.sure
    scores = np.asarray([pooled.scores[members].mean() for members in clusters], np.float32)
    order = np.lexsort((-scores, -voters.sum(axis=1)))
    boxes = np.asarray([np.median(pooled.boxes[clusters[row]], axis=0) for row in order], np.float32)
    landmarks = np.asarray([_mean_known(pooled.landmarks[clusters[row]]) for row in order], np.float32)
    return AgreedFaces(
        boxes=boxes.reshape(-1, 4),
        landmarks=landmarks.reshape(-1, 5, 2),
        scores=scores[order],
        voters=voters[order],
        sure=sure[order],
    )


def _pool(answers: Sequence[FoundFaces]) -> FoundFaces:
    return FoundFaces(
        boxes=np.concatenate([found.boxes.reshape(-1, 4) for found in answers]).astype(np.float32),
        scores=np.concatenate([found.scores for found in answers]).astype(np.float32),
        landmarks=np.concatenate([found.landmarks.reshape(-1, 5, 2) for found in answers]).astype(np.float32),
    )


def _relative(scores: Floats, owners: NDArray[np.int64], trusts: Sequence[Trust]) -> Floats:
    """Scores of different finders on one scale: 0 is a vote, 1 is sure."""
    votes = np.asarray([trust.vote for trust in trusts], np.float32)[owners]
    sures = np.asarray([trust.sure for trust in trusts], np.float32)[owners]
    return np.asarray((scores - votes) / np.maximum(sures - votes, 1e-6), np.float32)


def _clusters(boxes: Floats, scores: Floats, owners: NDArray[np.int64]) -> list[list[int]]:
    """Greedy: the surest free box gathers, from every other finder, the free box that overlaps it most."""
    overlaps = ious(boxes, boxes)
    free = np.ones(len(boxes), bool)
    clusters = []
    for seed in np.argsort(-scores, kind="stable"):
        if not free[seed]:
            continue
        members = [int(seed)]
        for owner in set(owners.tolist()) - {int(owners[seed])}:
            mine = np.flatnonzero(free & (owners == owner) & (overlaps[seed] >= SAME_FACE_IOU))
            if len(mine):
                members.append(int(mine[overlaps[seed, mine].argmax()]))
        free[members] = False
        clusters.append(members)
    return clusters


def _mean_known(landmarks: Floats) -> Floats:
    """The mean [5, 2] of those of [K, 5, 2] that are known; NaN where none is."""
    known = ~np.isnan(landmarks)
    counts = known.sum(axis=0)
    total = np.where(known, landmarks, 0).sum(axis=0)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan).astype(np.float32)
