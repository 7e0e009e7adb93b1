"""A face that is too small to have been measured is uncertain, however sure the network sounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from common.domain.prediction import Label
from model_api.mask_classifier import MaskClassifier


class _Sure:
    """Says of every crop that no mask is worn."""

    outputs = ("logits",)

    def infer(self, pictures: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
        return {"logits": np.tile(np.asarray([9, 0, 0], np.float32), (len(pictures), 1))}


class _Description:
    input_size, crop_scale, crop_padding, temperature, uncertain_below = 32, 1.2, "replicate", 1.0, 0.6


@pytest.mark.parametrize(
    ("width", "height", "label"),
    [(11, 11, Label.UNCERTAIN), (12, 12, Label.NO_MASK), (9, 17, Label.NO_MASK), (9, 15, Label.UNCERTAIN)],
)
def test_below_twelve_pixels_nobody_knows(width: float, height: float, label: Label) -> None:
    model: Any = type("Model", (), {"description": _Description()})()
    classifier = MaskClassifier(model=model, engine=_Sure())
    picture = np.zeros((64, 64, 3), np.uint8)
    (verdict,) = classifier.classify([(picture, (10.0, 10.0, 10.0 + width, 10.0 + height))])
    assert verdict.label is label
    assert verdict.probabilities["no_mask"] > 0.99
