"""The mistakes worth looking at: the surest wrong ones and the largest missed ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.dataset.coco import FACE
from training.dataset.crop_bank import CLASSES
from training.evaluation.average_precision import NOBODY, match
from training.evaluation.seen import Seen
from training.geometry import Floats, face_sizes, ious

MOST = 18  # of a kind
Pick = Callable[[Seen], list["Mistake"]]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake and where to look for it."""

    seen: Seen
    box: Floats  # [4]
    weight: float  # the larger, the worse
    says: str


def wrong_detections(seen: Sequence[Seen], *, min_face: float) -> list[Mistake]:
    """The surest detections that count as wrong. Many show faces that nobody labelled."""

    def pick(one: Seen) -> list[Mistake]:
        found, picture = one.found, one.picture
        counts = face_sizes(picture.boxes) >= min_face
        matches = match(found.boxes, found.scores, picture.boxes, picture.ignored, counts)
        overlap = ious(found.boxes, picture.boxes).max(axis=1, initial=0)
        wrong = np.flatnonzero(matches.counted & (matches.faces == NOBODY))
        return [
            Mistake(
                seen=one,
                box=found.boxes[row],
                weight=float(found.scores[row]),
                says=f"score {found.scores[row]:.2f}, IoU with a label {overlap[row]:.2f}",
            )
            for row in wrong
        ]

    return _worst(seen, pick)


def missed_faces(seen: Sequence[Seen], *, min_face: float, min_score: float) -> list[Mistake]:
    """The largest labelled faces without a detection at the served score."""

    def pick(one: Seen) -> list[Mistake]:
        found, picture = one.found, one.picture
        sizes = face_sizes(picture.boxes)
        matches = match(found.boxes, found.scores, picture.boxes, picture.ignored, sizes >= min_face)
        served = matches.faces[found.scores >= min_score]
        missed = sorted(set(np.flatnonzero(sizes >= min_face).tolist()) - set(served.tolist()))
        return [
            Mistake(
                seen=one,
                box=picture.boxes[place],
                weight=float(sizes[place]),
                says=f"{_label(int(picture.categories[place]))}, {sizes[place]:.0f} px",
            )
            for place in missed
        ]

    return _worst(seen, pick)


def wrong_classes(seen: Sequence[Seen], *, min_face: float) -> list[Mistake]:
    """The labelled faces whose class was told wrongly with the highest probability."""

    def pick(one: Seen) -> list[Mistake]:
        picture, probabilities = one.picture, np.nan_to_num(one.labelled_classes)
        called, top = probabilities.argmax(axis=1), probabilities.max(axis=1)
        judged = (face_sizes(picture.boxes) >= min_face) & (picture.categories != FACE)
        wrong = np.flatnonzero(judged & (called != picture.categories - 1))
        labels = [_label(int(category)) for category in picture.categories]
        return [
            Mistake(
                seen=one,
                box=picture.boxes[place],
                weight=float(top[place]),
                says=f"called {CLASSES[called[place]]} {top[place]:.2f}, label {labels[place]}",
            )
            for place in wrong
        ]

    return _worst(seen, pick)


def _worst(seen: Sequence[Seen], pick: Pick) -> list[Mistake]:
    every = [mistake for one in seen for mistake in pick(one)]
    return sorted(every, key=lambda mistake: -mistake.weight)[:MOST]


def _label(category: int) -> str:
    return "face" if category == FACE else CLASSES[category - 1]
