"""What a face finder is worth: average precision, also by size, and recall where it rarely errs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.evaluation.average_precision import Judged, Ranking, forgive_outside, judge, rank, ranked_precision
from training.evaluation.figures import Figure, figure, share
from training.evaluation.operating_point import curve, recall_at_precision, thinned, threshold_at_precision
from training.evaluation.resampling import Weights, resampled
from training.evaluation.seen import Seen
from training.geometry import face_sizes

SIZES = {"12-24": (12.0, 24.0), "24-48": (24.0, 48.0), ">48": (48.0, np.inf)}  # px, upper end excluded
WANTED_PRECISION = 0.95


def finding_figures(
    seen: Sequence[Seen], weights: Weights, *, min_face: float, min_score: float | None = None
) -> dict[str, Any]:
    """All figures of a finder over these pictures; `weights` [rounds, pictures] give the intervals.

    Without a `min_score`, the score from which its detections are served, there are no figures at it.
    """
    judged = judge_sizes(seen, min_face, np.inf)
    ranking = rank(judged)
    line = curve(ranking)
    return {
        "ap50": _ap50(ranking, weights),
        "ap50_small_forgiven": _ap50(rank([forgive_outside(one, min_face, np.inf) for one in judged]), weights),
        "ap50_by_size": {name: _bucket(seen, weights, *limits) for name, limits in SIZES.items()},
        "recall_at_precision_0.95": {
            **_recall(ranking, weights),
            "min_score": threshold_at_precision(line, WANTED_PRECISION),
        },
        "at_served_score": None if min_score is None else _at_score(ranking, min_score),
        "milliseconds": {
            "median": float(np.median([one.milliseconds for one in seen])) if seen else None,
            "of": len(seen),
        },
        "curve": thinned(line),
    }


def judge_sizes(seen: Sequence[Seen], low: float, high: float) -> list[Judged]:
    """Judge every picture; labelled faces whose size is not within low..high (high excluded) count neither way."""
    judged = []
    for one in seen:
        sizes = face_sizes(one.picture.boxes)
        counts = (sizes >= low) & (sizes < high)
        judged.append(judge(one.found.boxes, one.found.scores, one.picture.boxes, one.picture.ignored, counts))
    return judged


def _bucket(seen: Sequence[Seen], weights: Weights, low: float, high: float) -> Figure:
    return _ap50(rank([forgive_outside(one, low, high) for one in judge_sizes(seen, low, high)]), weights)


def _ap50(ranking: Ranking, weights: Weights) -> Figure:
    interval = resampled(lambda row: ranked_precision(ranking, row), weights)
    return figure(ranked_precision(ranking), interval, int(ranking.faces.sum()))


def _recall(ranking: Ranking, weights: Weights) -> Figure:
    value = recall_at_precision(curve(ranking), WANTED_PRECISION)
    interval = resampled(lambda row: recall_at_precision(curve(ranking, row), WANTED_PRECISION), weights)
    return figure(value, interval, int(ranking.faces.sum()))


def _at_score(ranking: Ranking, min_score: float) -> dict[str, Any]:
    found = ranking.right[ranking.scores >= min_score]
    hits = int(found.sum())
    return {
        "min_score": min_score,
        "precision": share(hits, len(found)),
        "recall": share(hits, int(ranking.faces.sum())),
    }
