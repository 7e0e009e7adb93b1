"""How well an exported classifier names the labelled faces of a COCO label file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.coco import FACE, load_coco
from training.dataset.crop_bank import CLASSES
from training.dataset.pixel_cache import read_rgb
from training.evaluation.served import ServedClassifier, read_card
from training.evaluation.statistics import Numbers, calibration_error, softmax, wilson_interval
from training.geometry import face_sizes

Labels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ClassifierTest:
    """Which weights on which labels; faces under `min_face` pixels (sqrt of width * height) are left out."""

    weights: Path
    labels: Path
    min_face: float = 24.0


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The network's answers to the faces of a test, in the label file's order."""

    logits: Numbers  # [N, 3]
    labels: Labels  # [N], a position in CLASSES
    sources: NDArray[np.str_]  # [N]


def evaluate_classifier(test: ClassifierTest) -> dict[str, Any]:
    """Run the ONNX file on crops of the labelled boxes, cut as in serving, and return the figures."""
    card = read_card(test.weights)
    answers = ask(test)
    probabilities = softmax(answers.logits, float(card["temperature"]))
    called = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= float(card["uncertain_below"])
    return {
        "min_face_px": test.min_face,
        **class_figures(called, answers.labels),
        "calibration_error": calibration_error(probabilities, answers.labels),
        "uncertain_below": card["uncertain_below"],
        "uncertain_share": float((~sure).mean()),
        "when_certain": class_figures(called[sure], answers.labels[sure]),
        "sources": {
            str(source): _accuracy(called[answers.sources == source], answers.labels[answers.sources == source])
            for source in sorted(set(answers.sources.tolist()))
        },
    }


def ask(test: ClassifierTest) -> Answers:
    """Cut every labelled face out of its picture and run the network on it."""
    classifier = ServedClassifier(test.weights)
    logits, labels, sources = [np.zeros((0, len(CLASSES)))], [np.zeros(0, np.int64)], []
    for picture in tqdm(load_coco(test.labels), "classifying", disable=None):
        wanted = np.flatnonzero((face_sizes(picture.boxes) >= test.min_face) & (picture.categories != FACE))
        if not len(wanted):
            continue
        logits.append(classifier.logits(read_rgb(picture.path), picture.boxes[wanted]))
        labels.append(picture.categories[wanted] - 1)
        sources += [picture.source] * len(wanted)
    return Answers(logits=np.concatenate(logits), labels=np.concatenate(labels), sources=np.asarray(sources))


def class_figures(called: Labels, labels: Labels) -> dict[str, Any]:
    """Accuracy, balanced accuracy, recall and precision per class and the confusion table (rows: the truth).

    The balanced accuracy is the mean recall of the classes that occur; 0 without a face.
    """
    table = confusion(called, labels)
    recalls = {name: _share(int(table[i, i]), int(table[i].sum())) for i, name in enumerate(CLASSES)}
    precisions = {name: _share(int(table[i, i]), int(table[:, i].sum())) for i, name in enumerate(CLASSES)}
    return {
        "accuracy": _accuracy(called, labels),
        "balanced_accuracy": float(np.mean([recall["share"] for recall in recalls.values() if recall["of"]] or [0.0])),
        "recall": recalls,
        "precision": precisions,
        "confusion": table.tolist(),
    }


def confusion(called: Labels, labels: Labels) -> Labels:
    """How often each label [rows] got each answer [columns]."""
    table = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(table, (labels, called), 1)
    return table


def _accuracy(called: Labels, labels: Labels) -> dict[str, Any]:
    return _share(int((called == labels).sum()), len(labels))


def _share(hits: int, trials: int) -> dict[str, Any]:
    return {"share": hits / max(trials, 1), "interval": wilson_interval(hits, trials), "of": trials}


def choose_uncertainty(probabilities: Numbers, labels: Labels, *, wanted: float, at_most: float = 0.9) -> float:
    """The lowest threshold, in steps of 0.01, from which the remaining no_mask calls are right this often.

    A no_mask call is what raises an alert. Without such a threshold up to `at_most` it is the most precise one.
    """
    no_mask = CLASSES.index("no_mask")
    top = probabilities.max(axis=1)
    is_alarm, is_right = probabilities.argmax(axis=1) == no_mask, labels == no_mask
    best, best_precision = 0.4, 0.0
    for threshold in _steps(0.4, at_most):
        alarms = is_alarm & (top >= threshold)
        precision = float(is_right[alarms].mean()) if alarms.any() else 0.0
        if precision >= wanted:
            return threshold
        if precision > best_precision:
            best, best_precision = threshold, precision
    return best


def _steps(low: float, high: float) -> Sequence[float]:
    return [step / 100 for step in range(round(low * 100), round(high * 100) + 1)]
