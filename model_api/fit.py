"""What of a face is uncovered: a U-Net outlines the mask, five landmarks tell what it should cover, rules judge.

Without the network the classifier's label says by its own definition what is uncovered: a face without a mask shows
nose, mouth and chin; of a mask worn wrongly at least the nose is taken to be free. Answers tell which of both it was by
`"fit"` among their models: null, or the network's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.domain.prediction import CLASSES, Label
from model_api.arrays import Floats, Picture
from model_api.crops import square_of
from model_api.engines.engine import Engine
from model_api.face_detector import Detection
from model_api.fit_rules import FitRules, Worn
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Imaging
from model_api.mask_classifier import Verdict
from model_api.regions import CoverMap, Part, coverage
from model_api.repository import Model

MOST_CROPS = 32  # in one run of the network
EDGE = 0.5  # from this probability on a point counts as covered by a mask

_IMPLIED: dict[Label, tuple[str, ...]] = {
    Label.NO_MASK: ("NOSE", "MOUTH", "CHIN"),
    Label.MASK_INCORRECT: ("NOSE",),
}


def uncovered_by(label: Label) -> tuple[str, ...]:
    """Of NOSE, MOUTH, CHIN: what the label implies; nothing when the mask is worn properly or nobody can tell."""
    return _IMPLIED.get(label, ())


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What the mask leaves free of one face, and what the rules make of it."""

    uncovered: tuple[Part, ...]
    worn: Worn
    covered: Mapping[Part, float]  # which share of each part, 0..1
    mask_share: float  # of the crop around the face, 0..1


class MaskFit:
    """Outlines masks; the faces of all pictures of a batch share its runs."""

    def __init__(self, *, model: Model, engine: Engine, rules: FitRules, imaging: Imaging | None = None) -> None:
        self.model = model
        self.rules = rules
        self._engine = engine
        self._imaging = imaging or HostImaging()

    def look(self, faces: Sequence[tuple[Picture, Detection]]) -> list[Fit | None]:
        """Each face's fit; None where it is too small, or its landmarks span no face. Raises InferenceFailed."""
        fits: list[Fit | None] = [None] * len(faces)
        large = [place for place, (_, face) in enumerate(faces) if _size(face) >= self.rules.smallest_face]
        for start in range(0, len(large), MOST_CROPS):
            places = large[start : start + MOST_CROPS]
            for place, cover in zip(places, self.outline([faces[place] for place in places]), strict=True):
                fits[place] = self._judge(cover, faces[place][1])
        return fits

    def outline(self, faces: Sequence[tuple[Picture, Detection]]) -> list[CoverMap]:
        """Where a mask covers each face."""
        description = self.model.description
        scale, size = description.crop_scale, description.input_size
        replicate = description.crop_padding == "replicate"
        squares = [(picture, face.box) for picture, face in faces]
        maps = self._engine.infer(self._imaging.cut(squares, scale=scale, size=size, replicate=replicate))["mask"]
        return [_placed(values, face, scale) for values, (_, face) in zip(maps, faces, strict=True)]

    def _judge(self, cover: CoverMap, face: Detection) -> Fit | None:
        covered = coverage(cover, face.landmarks)
        return None if covered is None else judge(covered, float((cover.values > EDGE).mean()), self.rules)


def judge(covered: Mapping[Part, float], mask_share: float, rules: FitRules) -> Fit:
    """What the rules make of a coverage."""
    uncovered = rules.uncovered(covered)
    worn = rules.judge(uncovered, mask_share=mask_share)
    return Fit(uncovered=uncovered, worn=worn, covered=covered, mask_share=mask_share)


def combine(verdict: Verdict, fit: Fit | None, *, doubt: float, uncertain_below: float) -> Verdict:
    """The classifier's verdict, less certain where the rules say otherwise.

    Its probabilities are drawn together by the temperature `doubt` then; the likeliest class stays the same, and the
    label is it or UNCERTAIN.
    """
    likeliest = max(verdict.probabilities, key=lambda name: verdict.probabilities[name])
    if fit is None or likeliest == fit.worn.label:
        return verdict
    shares = np.asarray([verdict.probabilities[label] for label in CLASSES]) ** (1 / doubt)
    shares /= shares.sum()
    probabilities = {label.value: float(share) for label, share in zip(CLASSES, shares, strict=True)}
    label = verdict.label if shares.max() >= uncertain_below else Label.UNCERTAIN
    return Verdict(label=label, probabilities=probabilities)


def _placed(values: Floats, face: Detection, scale: float) -> CoverMap:
    left, top, side = square_of(face.box, scale)
    return CoverMap(values=values, left=left, top=top, side=side)


def _size(face: Detection) -> float:
    x1, y1, x2, y2 = face.box
    return float(np.sqrt((x2 - x1) * (y2 - y1)))
