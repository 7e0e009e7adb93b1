"""The two networks whose opinion a review asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from training.dataset.pixel_cache import Pixels
from training.dataset.review.suspicion import MASK_NAMES, Opinion, corners, face_rows, is_degenerate
from training.errors import DataMissing
from training.evaluation.served import ServedClassifier, ServedDetector
from training.evaluation.statistics import Numbers
from training.finders.found import FaceFinder
from training.geometry import Floats

DETECTOR, CLASSIFIER = "yoloface-server", "efficientnet-b0"
MIN_SCORE = 0.1  # of the detections that may confirm a label


class FaceNamer(Protocol):
    """A classifier of faces."""

    def probabilities(self, image: Pixels, boxes: Floats) -> Numbers:
        """Probabilities [N, 3] of no_mask, mask_incorrect, mask_correct for boxes [N, 4] of a picture."""
        ...


@dataclass(frozen=True, kw_only=True)
class Judges:
    """A detector and a classifier."""

    finder: FaceFinder
    namer: FaceNamer

    def opinion(self, image: Pixels, rows: Sequence[Mapping[str, Any]]) -> Opinion:
        """What they say of a uint8 RGB picture and of the COCO rows of its faces."""
        found = self.finder.find(image)
        boxes = corners(face_rows(rows))
        return Opinion(found=found, labels=self._name(image, boxes), detections=self._name(image, found.boxes))

    def _name(self, image: Pixels, boxes: Floats) -> Numbers:
        """No opinion, a third each, of boxes that nothing can be cut out of."""
        answers = np.full((len(boxes), len(MASK_NAMES)), 1 / len(MASK_NAMES))
        good = ~is_degenerate(boxes, image.shape[1], image.shape[0])
        if good.any():
            answers[good] = self.namer.probabilities(image, boxes[good])
        return answers


def open_judges(weights: Path) -> Judges:
    """The newest detector and classifier of a folder like model_api/weights. Raises DataMissing without them."""
    finder = ServedDetector(_newest(weights / DETECTOR), min_score=MIN_SCORE)
    return Judges(finder=finder, namer=ServedClassifier(_newest(weights / CLASSIFIER)))


def _newest(folder: Path) -> Path:
    versions = [path.parent for path in folder.glob("*/model.json") if path.parent.name.isdigit()]
    if not versions:
        raise DataMissing(f"no model in {folder}; give a folder like model_api/weights with --weights")
    return max(versions, key=lambda path: int(path.name))
