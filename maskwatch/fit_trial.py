"""What the rules of mask fit are worth on labelled pictures: alone, beside the classifier, and together with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from common.domain.prediction import CLASSES, Label
from common.errors import NotFound
from common.settings import Settings
from model_api.engines import open_engine
from model_api.face_detector import Detection, FaceDetector
from model_api.fit import Fit, MaskFit, combine, judge
from model_api.fit_rules import FitRules, load_fit_rules
from model_api.load import CLASSIFIER, DETECTORS, FIT
from model_api.mask_classifier import MaskClassifier, Verdict
from model_api.repository import PACKAGED, ModelRepository
from training.dataset.coco import FACE, Picture
from training.dataset.pixel_cache import read_rgb
from training.evaluation.classifier import class_figures
from training.geometry import face_sizes, ious

SAME_FACE_IOU = 0.5  # of a found and a labelled face
Places = NDArray[np.int64]  # [F], positions in CLASSES
LEAST_FACE = 24.0  # pixels, sqrt of width x height; labels of smaller faces are mostly guesses


@dataclass(frozen=True, kw_only=True)
class TriedFace:
    """A labelled face that was found, and what each said of it."""

    label: Label
    verdict: Verdict  # of the classifier alone
    fit: Fit | None


class FitTrial:
    """The served models, one after the other."""

    def __init__(self, settings: Settings) -> None:
        """Raises ModelNotFound where the repository lacks one of the three, BrokenModel or InvalidInput."""
        repository = ModelRepository(settings.models or PACKAGED)
        models = [repository.load(name) for name in (DETECTORS[settings.variant], CLASSIFIER, FIT)]
        engines = [open_engine(model.path, threads=settings.threads) for model in models]
        self.rules = load_fit_rules(settings.fit_rules)
        self._detector = FaceDetector(model=models[0], engine=engines[0])
        self._classifier = MaskClassifier(model=models[1], engine=engines[1])
        self._fit = MaskFit(model=models[2], engine=engines[2], rules=self.rules)

    @property
    def uncertain_below(self) -> float:
        """The top probability under which the classifier's answer is uncertain."""
        return self._classifier.model.description.uncertain_below

    def look(self, pictures: Sequence[Picture]) -> Iterator[TriedFace]:
        """Every labelled face of LEAST_FACE and more that is found at the default score."""
        for picture in tqdm(pictures, "looking", disable=None):
            pixels = read_rgb(picture.path)
            found = self._detector.detect([pixels], [None])[0]
            pairs = list(_matched(picture, found))
            faces = [face for _, face in pairs]
            verdicts = self._classifier.classify([(pixels, face.box) for face in faces])
            fits = self._fit.look([(pixels, face) for face in faces])
            for (label, _), verdict, fit in zip(pairs, verdicts, fits, strict=True):
                yield TriedFace(label=label, verdict=verdict, fit=fit)


def _matched(picture: Picture, found: Sequence[Detection]) -> Iterator[tuple[Label, Detection]]:
    """Each labelled face with the found one that overlaps it most."""
    boxes = np.asarray([face.box for face in found], np.float32).reshape(-1, 4)
    wanted = np.flatnonzero((face_sizes(picture.boxes) >= LEAST_FACE) & (picture.categories != FACE))
    if not len(boxes):
        return
    overlaps = ious(picture.boxes, boxes)
    for place in wanted:
        best = int(overlaps[place].argmax())
        if overlaps[place, best] >= SAME_FACE_IOU:
            yield CLASSES[int(picture.categories[place]) - 1], found[best]


def trial_figures(faces: Sequence[TriedFace], rules: FitRules, *, uncertain_below: float) -> dict[str, Any]:
    """Three-class figures of the rules alone, of the classifier alone and of both, on faces of which rules speak.

    Raises NotFound without such a face.
    """
    judged = [(face, judge(face.fit.covered, face.fit.mask_share, rules)) for face in faces if face.fit is not None]
    if not judged:
        raise NotFound("no labelled face was found that the rules could speak of")
    labels = _places([face.label for face, _ in judged])
    both = [combine(face.verdict, fit, doubt=rules.doubt, uncertain_below=uncertain_below) for face, fit in judged]
    said = _places([fit.worn.label for _, fit in judged])
    alone = [face.verdict for face, _ in judged]
    return {
        "faces": len(faces),
        "judged": len(judged),
        "agreement": float(np.mean(said == _places([_likeliest(verdict) for verdict in alone]))),
        "rules": class_figures(said, labels),
        "classifier": _verdict_figures(alone, labels),
        "both": _verdict_figures(both, labels),
    }


def _verdict_figures(verdicts: Sequence[Verdict], labels: Places) -> dict[str, Any]:
    """Of the likeliest class for all faces, and of the label where it is not UNCERTAIN."""
    called = _places([_likeliest(verdict) for verdict in verdicts])
    sure = np.asarray([verdict.label is not Label.UNCERTAIN for verdict in verdicts], bool)
    return {
        **class_figures(called, labels),
        "uncertain_share": float((~sure).mean()),
        "when_certain": class_figures(called[sure], labels[sure]),
    }


def _likeliest(verdict: Verdict) -> Label:
    return max(CLASSES, key=lambda label: verdict.probabilities[label])


def _places(labels: Sequence[Label]) -> Places:
    return np.asarray([CLASSES.index(label) for label in labels], np.int64)
