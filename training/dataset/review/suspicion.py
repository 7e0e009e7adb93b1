"""Which labels of a picture are to be doubted, and what to do about each. No pixels here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from training.dataset.formats.labelled import CLASSES, TOLERANCE_PX
from training.evaluation.statistics import Numbers
from training.finders.found import FoundFaces
from training.geometry import Floats, areas, covered_shares, face_sizes, from_xywh, ious

NAMES = {number: name for name, number in CLASSES.items()}
MASK_NAMES = tuple(name for name in CLASSES if name != "face")  # in the order of the classifier's answers


class Doubt(StrEnum):
    """Why a label is suspicious; the surest kinds first."""

    DEGENERATE = "the box is empty or outside its picture"
    DUPLICATE = "the same face is labelled twice"
    CLASS = "the classifier surely says something else"
    UNLABELLED = "a sure detection without a label"
    UNCONFIRMED = "no detection confirms the label"


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """One label to look at, or one face without a label."""

    file: str
    annotation_id: str  # of the label file; "new:x,y,w,h" for a face without a label
    box: tuple[float, float, float, float]  # xyxy in pixels
    label: str  # as it is; empty for a face without a label
    doubt: Doubt
    sureness: float  # 0..1; orders the suspicions of one doubt
    suggestion: str  # a decision as `decisions.py` reads it


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How sure a model must be. The values keep the page short: most of what it shows is wrong."""

    class_probability: float = 0.95
    unlabelled_score: float = 0.6
    confirming_score: float = 0.1
    confirming_iou: float = 0.3
    duplicate_iou: float = 0.8
    min_face_px: float = 16.0  # of unconfirmed labels and of those the classifier doubts


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What the models say of one picture."""

    found: FoundFaces
    labels: Numbers  # [N, 3] probabilities of the labelled boxes
    detections: Numbers  # [D, 3] probabilities of the found boxes


def doubts(
    image: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], opinion: Opinion, rules: Rules
) -> Iterator[Suspicion]:
    """The suspicious labels of one picture: its COCO row, its faces' rows and regions', and the models' opinion."""
    faces, regions = face_rows(rows), [row for row in rows if row.get("iscrowd")]
    boxes, ignored = corners(faces), corners(regions)
    bad = is_degenerate(boxes, int(image["width"]), int(image["height"]))
    twins = _twins(boxes, rules.duplicate_iou) & ~bad
    file = str(image["file_name"])
    for position, row in enumerate(faces):
        doubt = _doubt_of_label(position, row, boxes, opinion, rules)
        if bad[position]:
            doubt = (Doubt.DEGENERATE, 1.0, "drop")
        elif twins[position]:
            doubt = (Doubt.DUPLICATE, 1.0, "drop")
        if doubt is not None:
            yield _suspicion(file, str(row["id"]), boxes[position], NAMES.get(row["category_id"], "?"), *doubt)
    yield from _unlabelled(file, boxes, ignored, opinion, rules)


def face_rows(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that are faces, not regions to ignore."""
    return [row for row in rows if not row.get("iscrowd")]


def corners(rows: Sequence[Mapping[str, Any]]) -> Floats:
    """Boxes [N, 4] xyxy of COCO rows."""
    return from_xywh(np.asarray([row["bbox"] for row in rows], np.float32).reshape(-1, 4))


def is_degenerate(boxes: Floats, width: int, height: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which boxes [N] have no area or stick out of their picture."""
    limits = np.asarray([width, height], np.float32) + TOLERANCE_PX
    outside = (boxes[:, :2] < -TOLERANCE_PX).any(axis=1) | (boxes[:, 2:] > limits).any(axis=1)
    return np.asarray((areas(boxes) <= 0) | outside | ~np.isfinite(boxes).all(axis=1), np.bool_)


def _doubt_of_label(
    position: int, row: Mapping[str, Any], boxes: Floats, opinion: Opinion, rules: Rules
) -> tuple[Doubt, float, str] | None:
    box = boxes[position : position + 1]
    if face_sizes(box)[0] < rules.min_face_px:
        return None
    best, label = int(opinion.labels[position].argmax()), NAMES.get(row["category_id"])
    probability = float(opinion.labels[position, best])
    overlaps = ious(box, opinion.found.boxes)[0]
    confirming = overlaps[opinion.found.scores >= rules.confirming_score]
    if not (confirming >= rules.confirming_iou).any():
        return Doubt.UNCONFIRMED, 1.0 - float(confirming.max(initial=0.0)), "ignore"
    if label in MASK_NAMES and MASK_NAMES[best] != label and probability >= rules.class_probability:
        return Doubt.CLASS, probability, f"relabel:{MASK_NAMES[best]}"
    return None


def _twins(boxes: Floats, min_iou: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which boxes [N] repeat an earlier one."""
    return np.asarray((np.triu(ious(boxes, boxes), 1) >= min_iou).any(axis=0), np.bool_)


def _unlabelled(file: str, boxes: Floats, ignored: Floats, opinion: Opinion, rules: Rules) -> Iterator[Suspicion]:
    found = opinion.found
    if not len(found.boxes):
        return
    known = ious(found.boxes, boxes).max(axis=1, initial=0.0)
    free = (found.scores >= rules.unlabelled_score) & (known < rules.confirming_iou)
    free &= covered_shares(found.boxes, ignored) < 0.5
    for position in np.flatnonzero(free):
        left, top, right, bottom = (float(value) for value in found.boxes[position])
        place = f"new:{left:.1f},{top:.1f},{right - left:.1f},{bottom - top:.1f}"
        label = MASK_NAMES[int(opinion.detections[position].argmax())]
        doubt = (Doubt.UNLABELLED, float(found.scores[position]), f"relabel:{label}")
        yield _suspicion(file, place, found.boxes[position], "", *doubt)


def _suspicion(
    file: str, annotation_id: str, box: Floats, label: str, doubt: Doubt, sureness: float, suggestion: str
) -> Suspicion:
    left, top, right, bottom = (float(value) for value in box)
    return Suspicion(
        file=file,
        annotation_id=annotation_id,
        box=(left, top, right, bottom),
        label=label,
        doubt=doubt,
        sureness=sureness,
        suggestion=suggestion,
    )
