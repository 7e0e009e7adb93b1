"""Thresholds on a detector's score: precision and recall at one, the best one, and the whole curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.average_precision import Judged, Ranking, rank
from training.evaluation.resampling import Weights
from training.evaluation.statistics import Numbers

MOST_POINTS = 80  # of a stored curve; more than a plot can show


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """What one threshold gives: precision and recall, 0..1."""

    min_score: float
    precision: float
    recall: float


def operating_point(judged: Sequence[Judged], min_score: float) -> OperatingPoint:
    """Precision and recall when detections below `min_score` are dropped."""
    ranking = rank(judged)
    found = ranking.right[ranking.scores >= min_score]
    precision = float(found.mean()) if len(found) else 0.0
    recall = float(found.sum()) / max(int(ranking.faces.sum()), 1)
    return OperatingPoint(min_score=min_score, precision=precision, recall=recall)


def best_operating_point(judged: Sequence[Judged]) -> OperatingPoint:
    """The threshold, in steps of 0.01, with the highest F1."""
    points = [operating_point(judged, step / 100) for step in range(5, 96)]
    return max(points, key=lambda p: 2 * p.precision * p.recall / max(p.precision + p.recall, 1e-9))


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Precision and recall at every threshold that parts two scores, in falling score."""

    scores: Numbers  # [T]
    precision: Numbers  # [T]
    recall: Numbers  # [T]


def curve(ranking: Ranking, weights: Weights | None = None) -> Curve:
    """The precision-recall curve with each picture counted `weights` times [P]."""
    weights = np.ones(len(ranking.faces), np.int64) if weights is None else weights
    counts = weights[ranking.owners]
    hits, seen = np.cumsum(counts * ranking.right), np.cumsum(counts)
    faces = max(int((ranking.faces * weights).sum()), 1)
    last = np.flatnonzero(np.diff(ranking.scores, append=-np.inf) < 0)  # a threshold cannot part equal scores
    precision = hits[last] / np.maximum(seen[last], 1)
    return Curve(scores=ranking.scores[last].astype(np.float64), precision=precision, recall=hits[last] / faces)


def recall_at_precision(line: Curve, wanted: float) -> float:
    """The highest recall of any threshold whose precision is `wanted` or more; 0 when none is."""
    reached = line.recall[line.precision >= wanted]
    return float(reached.max()) if len(reached) else 0.0


def threshold_at_precision(line: Curve, wanted: float) -> float | None:
    """The threshold of `recall_at_precision`; None when none has that precision."""
    reached = np.flatnonzero(line.precision >= wanted)
    return float(line.scores[reached[line.recall[reached].argmax()]]) if len(reached) else None


def thinned(line: Curve, most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """At most so many [recall, precision] points for a plot, evenly spread over the recall; first and last are kept."""
    if not len(line.recall):
        return []
    wanted = np.linspace(line.recall[0], line.recall[-1], most - 1)
    places = np.unique([0, *np.searchsorted(line.recall, wanted), len(line.recall) - 1])
    return [(float(line.recall[place]), float(line.precision[place])) for place in places]
