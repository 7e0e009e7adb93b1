"""What finder and classifier are worth together: found faces, their classes, and mAP50."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset.coco import FACE
from training.dataset.crop_bank import CLASSES
from training.evaluation.average_precision import NOBODY, Ranking, judge, match, rank, ranked_precision
from training.evaluation.figures import figure, share
from training.evaluation.naming import NO_MASK
from training.evaluation.resampling import Weights, resampled
from training.evaluation.seen import Seen
from training.evaluation.statistics import Numbers
from training.geometry import face_sizes

THREE = {name: (place,) for place, name in enumerate(CLASSES)}
TWO = {"no_mask": (NO_MASK,), "any_mask": tuple(place for place in range(len(CLASSES)) if place != NO_MASK)}
Kinds = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class ServedFaces:
    """Labelled faces with a mask label, and what the pipeline as served says of them."""

    labels: NDArray[np.int64]  # [F], a position in CLASSES
    found: NDArray[np.bool_]  # [F] a detection at the served score overlaps by IoU 0.5 and more
    probabilities: Numbers  # [F, 3] of that detection's crop; NaN where unfound
    owners: NDArray[np.int64]  # [F] which picture
    places: NDArray[np.int64]  # [F] which of the picture's labelled faces

    @property
    def right(self) -> NDArray[np.bool_]:
        """[F] found, and the likeliest of three classes is the label."""
        called = np.nan_to_num(self.probabilities).argmax(axis=1)
        return np.asarray(self.named & (called == self.labels))

    @property
    def right_of_two(self) -> NDArray[np.bool_]:
        """[F] found, and mask or none is told rightly."""
        bare = self.probabilities[:, NO_MASK] >= 0.5
        return np.asarray(self.named & (bare == (self.labels == NO_MASK)))

    @property
    def named(self) -> NDArray[np.bool_]:
        """[F] found, and given a class."""
        return np.asarray(self.found & ~np.isnan(self.probabilities[:, 0]))


def served_faces(seen: Sequence[Seen], *, min_face: float, min_score: float) -> ServedFaces:
    """Match what is served to the labelled faces of `min_face` pixels and more."""
    parts = [_served(one, owner, min_face, min_score) for owner, one in enumerate(seen)]
    return ServedFaces(
        labels=np.concatenate([np.zeros(0, np.int64), *(part.labels for part in parts)]),
        found=np.concatenate([np.zeros(0, bool), *(part.found for part in parts)]),
        probabilities=np.concatenate([np.zeros((0, 3)), *(part.probabilities for part in parts)]),
        owners=np.concatenate([np.zeros(0, np.int64), *(part.owners for part in parts)]),
        places=np.concatenate([np.zeros(0, np.int64), *(part.places for part in parts)]),
    )


def _served(one: Seen, owner: int, min_face: float, min_score: float) -> ServedFaces:
    picture = one.picture
    counts = (face_sizes(picture.boxes) >= min_face) & (picture.categories != FACE)
    served = np.flatnonzero(one.found.scores >= min_score)
    matches = match(one.found.boxes[served], one.found.scores[served], picture.boxes, picture.ignored, counts)
    probabilities = np.full((len(picture.boxes), 3), np.nan)
    found = np.zeros(len(picture.boxes), bool)
    hits = matches.faces != NOBODY
    found[matches.faces[hits]] = True
    probabilities[matches.faces[hits]] = one.found_classes[served[hits]]
    places = np.flatnonzero(counts)
    return ServedFaces(
        labels=picture.categories[places] - 1,
        found=found[places],
        probabilities=probabilities[places],
        owners=np.full(len(places), owner),
        places=places,
    )


def pipeline_figures(seen: Sequence[Seen], weights: Weights, *, min_face: float, min_score: float) -> dict[str, Any]:
    """All figures of the pair over these pictures; `weights` [rounds, pictures] give the intervals."""
    faces = served_faces(seen, min_face=min_face, min_score=min_score)
    found, every = int(faces.found.sum()), len(faces.labels)
    return {
        "found": share(found, every),
        "accuracy_of_found": share(faces.right.sum(), found),
        "accuracy_with_unfound": share(faces.right.sum(), every),
        "mask_or_none_of_found": share(faces.right_of_two.sum(), found),
        "mask_or_none_with_unfound": share(faces.right_of_two.sum(), every),
        "map50_three_classes": mean_average_precision(seen, weights, kinds=THREE, min_face=min_face),
        "map50_two_classes": mean_average_precision(seen, weights, kinds=TWO, min_face=min_face),
    }


def mean_average_precision(seen: Sequence[Seen], weights: Weights, *, kinds: Kinds, min_face: float) -> dict[str, Any]:
    """mAP50 over classes that occur; a detection's score for a class is its own times the class's probability.

    A detection on a face of another class is wrong; one on a face under `min_face` pixels counts neither way.
    """
    rankings = {name: _rank_class(seen, members, min_face) for name, members in kinds.items()}
    mean = _mean_of(list(rankings.values()))
    faces = sum(int(ranking.faces.sum()) for ranking in rankings.values())
    every = np.ones(weights.shape[1], np.int64)
    return {
        **figure(mean(every), resampled(mean, weights), faces),
        "classes": {name: ranked_precision(ranking) for name, ranking in rankings.items()},
    }


def _mean_of(rankings: Sequence[Ranking]) -> Callable[[Weights], float | None]:
    def mean(weights: Weights) -> float | None:
        values = [ranked_precision(ranking, weights) for ranking in rankings]
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    return mean


def _rank_class(seen: Sequence[Seen], members: tuple[int, ...], min_face: float) -> Ranking:
    judged = []
    for one in seen:
        picture = one.picture
        unjudged = (face_sizes(picture.boxes) < min_face) | (picture.categories == FACE)
        belongs = np.isin(picture.categories - 1, members) & ~unjudged
        kept = belongs | unjudged
        scores = (one.found.scores * one.found_classes[:, list(members)].sum(axis=1)).astype(np.float32)
        named = ~np.isnan(scores)
        boxes, scores = one.found.boxes[named], scores[named]
        judged.append(judge(boxes, scores, picture.boxes[kept], picture.ignored, belongs[kept]))
    return rank(judged)
