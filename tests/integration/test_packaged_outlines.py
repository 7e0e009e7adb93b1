"""The packaged U-Net on faces whose every pixel is labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[model-api]')")

from model_api.repository import PACKAGED
from training.evaluation.outlines import MASK, ServedOutliner, iou, load_outlined

FACES = Path(__file__).parents[3] / "shared" / "data" / "fit" / "eval"
EVERY = 12  # one of so many: ten faces tell whether it works at all, the card has the figure of all 120


@pytest.mark.skipif(not FACES.is_dir(), reason="needs the outlined faces of ../shared/data/fit/eval")
def test_the_packaged_network_outlines_masks_it_never_saw() -> None:
    outliner = ServedOutliner(PACKAGED / "unet" / "1")
    scores = [
        iou(outliner.cover(face.image, face.box()) >= 0.5, face.labels == MASK)
        for face in list(load_outlined(FACES))[::EVERY]
    ]
    assert float(np.mean(scores)) > 0.85
