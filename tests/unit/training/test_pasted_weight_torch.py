"""How often the classifier is shown pasted masks."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.classifier.stream import PASTED_WEIGHT, SYNTHETIC_WEIGHT, draw_weights
from training.dataset.crop_bank import CLASSES, PASTED, SIDE, CropBank


def test_a_pasted_mask_counts_less_than_a_real_one_and_than_an_overlay() -> None:
    bank = CropBank(
        images=np.zeros((3, SIDE, SIDE, 3), np.uint8),
        labels=np.full(3, CLASSES.index("mask_incorrect")),
        sources=np.asarray(["drawn", "drawn", PASTED]),
        synthetic=np.asarray([False, True, True]),
    )
    real, overlay, pasted = draw_weights(bank)
    assert pasted / real == pytest.approx(PASTED_WEIGHT)
    assert overlay / real == pytest.approx(SYNTHETIC_WEIGHT)
    assert pasted < overlay < real
