"""Networks run before the first picture comes: an engine prepares itself for a shape when it sees it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from model_api.engines.choose import Choice
from model_api.engines.device.batches import BATCHES
from model_api.face_detector import Detection, FaceDetector
from model_api.fit import MaskFit
from model_api.imaging.imaging import Imaging
from model_api.mask_classifier import MaskClassifier

ASPECTS = (1.0, 9 / 16)  # height by width: what cameras send
FACE = Detection(box=(0.0, 0.0, 32.0, 32.0), score=1.0, landmarks=())


def batches_for(choice: Choice) -> Sequence[int]:
    """How many pictures to try at once: one on a CPU; on a GPU every size twice, since the second is recorded."""
    return (1,) if choice.device == "cpu" else tuple(size for size in BATCHES for _ in range(2))


def warm_up(
    detectors: Collection[FaceDetector],
    classifier: MaskClassifier,
    fit: MaskFit | None,
    *,
    batches: Sequence[int],
    imaging: Imaging,
) -> None:
    """Show every network batches of grey pictures. Raises InferenceFailed."""
    for count in batches:
        for detector in detectors:
            size = detector.model.description.input_size
            for aspect in ASPECTS:
                picture = np.full((max(1, round(size * aspect)), size, 3), 127, np.uint8)
                detector.detect(imaging.load([picture] * count), [1.0] * count)
        (crop,) = imaging.load([np.full((64, 64, 3), 127, np.uint8)])
        classifier.classify([(crop, FACE.box)] * count)
        if fit is not None:
            fit.outline([(crop, FACE)] * count)
