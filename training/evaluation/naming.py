"""What a classifier is worth on labelled faces: shares, calibration, and recall of the rare class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset.coco import FACE
from training.dataset.crop_bank import CLASSES
from training.evaluation.average_precision import Ranking
from training.evaluation.classifier import confusion
from training.evaluation.figures import Figure, figure, share
from training.evaluation.operating_point import curve, recall_at_precision, threshold_at_precision
from training.evaluation.resampling import Weights, resampled
from training.evaluation.seen import Seen
from training.evaluation.statistics import Numbers
from training.geometry import face_sizes

NO_MASK, INCORRECT = CLASSES.index("no_mask"), CLASSES.index("mask_incorrect")
WANTED_PRECISION = 0.70  # of mask_incorrect
BINS = 10


@dataclass(frozen=True, kw_only=True)
class NamedFaces:
    """Labelled faces and the classifier's answers."""

    probabilities: Numbers  # [F, 3]
    labels: NDArray[np.int64]  # [F], a position in CLASSES
    owners: NDArray[np.int64]  # [F] which picture
    places: NDArray[np.int64]  # [F] which of the picture's labelled faces

    def only(self, kept: NDArray[np.bool_]) -> NamedFaces:
        """Those of `kept` [F]."""
        return NamedFaces(
            probabilities=self.probabilities[kept],
            labels=self.labels[kept],
            owners=self.owners[kept],
            places=self.places[kept],
        )

    @property
    def called(self) -> NDArray[np.int64]:
        """The likeliest class [F]."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)


def named_faces(seen: Sequence[Seen], min_face: float) -> NamedFaces:
    """Every labelled face of `min_face` pixels and more that has a mask label."""
    none = np.zeros(0, np.int64)
    parts = [(np.zeros((0, 3)), none, none, none)]
    for owner, one in enumerate(seen):
        wanted = np.flatnonzero((face_sizes(one.picture.boxes) >= min_face) & (one.picture.categories != FACE))
        named = one.picture.categories[wanted] - 1
        parts.append((one.labelled_classes[wanted], named, np.full(len(wanted), owner), wanted))
    probabilities, labels, owners, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    return NamedFaces(probabilities=probabilities, labels=labels, owners=owners, places=places)


def naming_figures(faces: NamedFaces, weights: Weights, *, uncertain_below: float) -> dict[str, Any]:
    """All figures of a classifier over these faces; `weights` [rounds, pictures] give the intervals."""
    table = confusion(faces.called, faces.labels)
    every = np.ones(weights.shape[1], np.int64)
    return {
        "accuracy": share(int(np.trace(table)), len(faces.labels)),
        "balanced_accuracy": figure(
            balanced_accuracy(faces, every), resampled(lambda row: balanced_accuracy(faces, row), weights), table.sum()
        ),
        "recall": {name: share(table[i, i], table[i].sum()) for i, name in enumerate(CLASSES)},
        "precision": {name: share(table[i, i], table[:, i].sum()) for i, name in enumerate(CLASSES)},
        "confusion": table.tolist(),
        "mask_or_none": mask_or_none(faces),
        "mask_incorrect_recall_at_precision_0.70": _incorrect_recall(faces, weights),
        "calibration_error": figure(
            calibration_error(faces, every), resampled(lambda row: calibration_error(faces, row), weights), table.sum()
        ),
        "reliability": reliability(faces),
        **_certain(faces, uncertain_below),
    }


def balanced_accuracy(faces: NamedFaces, weights: Weights) -> float | None:
    """Mean recall of the classes that occur, with each picture counted `weights` times [P]; None without a face."""
    counts, right = weights[faces.owners], faces.called == faces.labels
    recalls = []
    for label in range(len(CLASSES)):
        members = counts * (faces.labels == label)
        if members.sum():
            recalls.append((members * right).sum() / members.sum())
    return float(np.mean(recalls)) if recalls else None


def calibration_error(faces: NamedFaces, weights: Weights) -> float | None:
    """Expected calibration error over equally wide bins of the top probability (Guo et al., arXiv:1706.04599)."""
    counts = weights[faces.owners]
    if not counts.sum():
        return None
    top, right = faces.probabilities.max(axis=1), faces.called == faces.labels
    places = np.minimum((top * BINS).astype(int), BINS - 1)
    gaps = np.bincount(places, counts * (right - top), BINS)
    return float(np.abs(gaps).sum() / counts.sum())


def reliability(faces: NamedFaces) -> list[dict[str, Any]]:
    """The bins of the calibration error that hold a face: mean top probability, and the share that was right."""
    top, right = faces.probabilities.max(axis=1), faces.called == faces.labels
    places = np.minimum((top * BINS).astype(int), BINS - 1)
    return [
        {"confidence": float(top[places == place].mean()), "accuracy": share(right[places == place].sum(), count)}
        for place, count in enumerate(np.bincount(places, minlength=BINS))
        if count
    ]


def mask_or_none(faces: NamedFaces) -> Figure:
    """Accuracy of two classes: a mask, worn in whichever way, when its two probabilities outweigh that of none."""
    bare = faces.probabilities[:, NO_MASK] >= 0.5
    return share((bare == (faces.labels == NO_MASK)).sum(), len(faces.labels))


def _incorrect_recall(faces: NamedFaces, weights: Weights) -> dict[str, Any]:
    order = np.argsort(-faces.probabilities[:, INCORRECT], kind="stable")
    wrongly = faces.labels == INCORRECT
    ranking = Ranking(
        scores=faces.probabilities[order, INCORRECT].astype(np.float32),
        right=wrongly[order],
        owners=faces.owners[order],
        faces=np.bincount(faces.owners[wrongly], minlength=weights.shape[1]),
    )
    line = curve(ranking)
    interval = resampled(lambda row: recall_at_precision(curve(ranking, row), WANTED_PRECISION), weights)
    threshold = threshold_at_precision(line, WANTED_PRECISION)
    return {
        **figure(recall_at_precision(line, WANTED_PRECISION), interval, wrongly.sum()),
        "min_probability": threshold,
    }


def _certain(faces: NamedFaces, uncertain_below: float) -> dict[str, Any]:
    sure = faces.probabilities.max(axis=1) >= uncertain_below
    right, alarms = faces.called == faces.labels, sure & (faces.called == NO_MASK)
    return {
        "uncertain_below": uncertain_below,
        "uncertain_share": share((~sure).sum(), len(sure)),
        "accuracy_when_certain": share((right & sure).sum(), sure.sum()),
        "no_mask_precision_when_certain": share((right & alarms).sum(), alarms.sum()),
    }
