"""EfficientNet-b0 on face crops: worn, worn wrongly, not worn, or uncertain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from common.domain.prediction import CLASSES, Box, Label
from model_api import appearance
from model_api.arrays import Batch, Floats, Picture
from model_api.engines.engine import Engine
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Imaging
from model_api.repository import Model

MOST_CROPS = 32  # in one run of the network
# Pixels: the root of a face's width times height. What is said of smaller ones nobody has measured, and it sounds no
# less certain: their class is UNCERTAIN whatever the probabilities are.
SMALLEST_FACE = 12.0

_NAMES = tuple(label.value for label in CLASSES)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a face's crop was taken for."""

    label: Label
    probabilities: dict[str, float]  # of the three classes; sums to 1
    features: Floats | None = field(default=None, repr=False, compare=False)  # how the face looks, where that is known


class MaskClassifier:
    """Judges faces; those of all pictures of a batch share its runs."""

    def __init__(self, *, model: Model, engine: Engine, imaging: Imaging | None = None) -> None:
        self.model = model
        self._engine = engine
        self._imaging = imaging or HostImaging()

    def classify(self, faces: Sequence[tuple[Picture, Box]]) -> list[Verdict]:
        """A verdict for each face, given as its full-resolution RGB picture and its box. Raises InferenceFailed."""
        verdicts: list[Verdict] = []
        for start in range(0, len(faces), MOST_CROPS):
            crops = self._crops(faces[start : start + MOST_CROPS])
            answers = self._engine.infer(crops)
            judged = self._judge(answers["logits"])
            looks = answers.get(appearance.OUTPUT)
            verdicts += judged if looks is None else map(_looking, judged, looks)
        return [
            verdict if _size(box) >= SMALLEST_FACE else replace(verdict, label=Label.UNCERTAIN)
            for verdict, (_, box) in zip(verdicts, faces, strict=True)
        ]

    def _crops(self, faces: Sequence[tuple[Picture, Box]]) -> Batch:
        description = self.model.description
        replicate = description.crop_padding == "replicate"
        return self._imaging.cut(faces, scale=description.crop_scale, size=description.input_size, replicate=replicate)

    def _judge(self, logits: Floats) -> list[Verdict]:
        """Of each row of logits [N, 3]."""
        scaled = logits.astype(np.float64) / self.model.description.temperature
        odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return [self._verdict(shares) for shares in (odds / odds.sum(axis=1, keepdims=True)).tolist()]

    def _verdict(self, shares: list[float]) -> Verdict:
        likeliest = max(shares)
        is_certain = likeliest >= self.model.description.uncertain_below
        label = CLASSES[shares.index(likeliest)] if is_certain else Label.UNCERTAIN
        return Verdict(label=label, probabilities=dict(zip(_NAMES, shares, strict=True)))


def _looking(verdict: Verdict, features: Floats) -> Verdict:
    return replace(verdict, features=features)


def _size(box: Box) -> float:
    x1, y1, x2, y2 = box
    return math.sqrt((x2 - x1) * (y2 - y1))
