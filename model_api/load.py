"""Settings -> models from the repository -> engines -> pipeline, warm."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import structlog

from common.domain.prediction import CLASSES
from common.errors import InvalidInput
from common.settings import Settings
from model_api.decode import Limits
from model_api.engines import open_engine
from model_api.engines.engine import Engine
from model_api.errors import BrokenModel, ModelNotFound
from model_api.face_detector import FaceDetector
from model_api.mask_classifier import MaskClassifier
from model_api.pipeline import MaskPipeline
from model_api.repository import PACKAGED, Model, ModelRepository

log = structlog.get_logger(__name__)

DETECTORS = {"server": "yoloface-server", "lite": "yoloface-lite"}  # variant -> model
CLASSIFIER = "efficientnet-b0"
FACE_OUTPUTS = frozenset({"boxes", "scores", "landmarks"})
CLASS_OUTPUTS = frozenset({"logits"})
WARM_ASPECTS = (1.0, 9 / 16)  # what cameras send: engines prepare themselves for a shape when they first see it


def load_pipeline(settings: Settings) -> MaskPipeline:
    """The pipeline of the settings' model repository.

    Its default variant must be there; the other is served when it is. Raises ModelNotFound, BrokenModel, InvalidInput.
    """
    if settings.device == "cuda":
        raise InvalidInput("MASKWATCH_DEVICE='cuda': only cpu and auto are served so far")
    repository = ModelRepository(settings.models or PACKAGED)
    engines: dict[Path, Engine] = {}  # variants may share a file

    def engine(model: Model, outputs: frozenset[str]) -> Engine:
        if model.path not in engines:
            engines[model.path] = open_engine(model.path, threads=settings.threads)
        missing = outputs - set(engines[model.path].outputs)
        if missing:
            raise BrokenModel(f"{model.path} has no output {', '.join(sorted(missing))}")
        return engines[model.path]

    classifier = repository.load(CLASSIFIER)
    if classifier.description.classes != tuple(label.value for label in CLASSES):
        raise BrokenModel(
            f"{classifier.id} has the classes {classifier.description.classes}, in another order or others"
        )
    detectors = {
        variant: FaceDetector(model=model, engine=engine(model, FACE_OUTPUTS))
        for variant, model in _variants(repository, needed=settings.variant).items()
    }
    pipeline = MaskPipeline(
        detectors=detectors,
        classifier=MaskClassifier(model=classifier, engine=engine(classifier, CLASS_OUTPUTS)),
        limits=Limits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels),
        decoders=settings.threads or os.cpu_count() or 1,
    )
    for detector in detectors.values():
        _warm_up(detector, pipeline.classifier)
    log.info(
        "models.loaded", detectors=[detector.model.id for detector in detectors.values()], classifier=classifier.id
    )
    return pipeline


def _variants(repository: ModelRepository, *, needed: str) -> dict[str, Model]:
    found = {}
    for variant, name in DETECTORS.items():
        try:
            found[variant] = repository.load(name)
        except ModelNotFound:
            if variant == needed:
                raise
    return found


def _warm_up(detector: FaceDetector, classifier: MaskClassifier) -> None:
    size = detector.model.description.input_size
    for aspect in WARM_ASPECTS:
        picture = np.full((max(1, round(size * aspect)), size, 3), 127, np.uint8)
        detector.detect([picture], [1.0])
        classifier.classify([(picture, (0.0, 0.0, 32.0, 32.0))])
