"""Settings -> models from the repository -> engines -> pipeline, warm."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import structlog

from common.domain.prediction import CLASSES
from common.settings import Settings
from model_api.decode import Limits
from model_api.engines import open_engine
from model_api.engines.choose import Choice, Device, choose
from model_api.engines.cores import cores
from model_api.engines.engine import Engine
from model_api.errors import BrokenModel, InferenceFailed
from model_api.face_detector import FaceDetector
from model_api.fit import MaskFit
from model_api.fit_rules import load_fit_rules
from model_api.imaging import open_imaging
from model_api.imaging.imaging import Imaging
from model_api.mask_classifier import MaskClassifier
from model_api.pipeline import MaskPipeline, Pipeline
from model_api.repository import PACKAGED, Model, ModelRepository
from model_api.sharing import SharingPipeline
from model_api.warm_up import batches_for, warm_up

log = structlog.get_logger(__name__)

DETECTORS = {"server": "yoloface-server", "lite": "yoloface-lite"}  # variant -> model
CLASSIFIER = "efficientnet-b0"
FIT = "unet"
FACE_OUTPUTS = frozenset({"boxes", "scores", "landmarks"})
# In one run of the detector: more gain nothing there. A lane's one thread gains nothing from a second picture, which
# would take its memory in every lane.
MOST_PICTURES: Mapping[Device, int] = {"cpu": 4, "cuda": 32}
SHARED_BY = ("onnx", "openvino")  # engines that run several batches at once; on one thread each they cost the least
LANES_ON_GPU = 2  # while the GPU looks at a batch, the host decodes another
CLASS_OUTPUTS = frozenset({"logits"})
FIT_OUTPUTS = frozenset({"mask"})


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A pipeline, the models it was made of, and what runs them."""

    pipeline: Pipeline
    models: tuple[Model, ...]
    choice: Choice
    lanes: int = 1  # batches that the pipeline should be given at once

    @property
    def ids(self) -> frozenset[str]:
        """`name@version` of each."""
        return frozenset(model.id for model in self.models)


class _Engines:
    """One engine per file: variants may share a file."""

    def __init__(self, choice: Choice, *, threads: int, lanes: int) -> None:
        self._choice = choice
        self._threads = threads
        self._lanes = lanes
        self._by_path: dict[Path, Engine] = {}
        self.models: list[Model] = []  # that asked for one

    def open(self, model: Model, outputs: frozenset[str]) -> Engine:
        """Raises BrokenModel when the file is no network, lacks an output, or answers with what is no number."""
        if model.path not in self._by_path:
            self._by_path[model.path] = open_engine(
                model.path, choice=self._choice, threads=self._threads, lanes=self._lanes
            )
        engine = self._by_path[model.path]
        missing = outputs - set(engine.outputs)
        if missing:
            raise BrokenModel(f"{model.path} has no output {', '.join(sorted(missing))}")
        _try(model, engine)
        self.models.append(model)
        return engine


def load_models(settings: Settings, *, versions: Mapping[str, str] | None = None, is_beside: bool = False) -> Loaded:
    """The models of the settings' repository, loaded and warm.

    `versions` of the models whose version was chosen, the newest of all others; `is_beside`: for one picture at a time
    beside those that answer: one thread, no metrics. The default variant must be there; the other is served when it is,
    and so is mask fit.

    Raises ModelNotFound, BrokenModel, InvalidInput.
    """
    choice = choose(settings.engine, settings.device)
    repository = ModelRepository(settings.models or PACKAGED, versions=versions)
    opening = _Opening(settings=settings, choice=choice, repository=repository, imaging=open_imaging(choice))
    threads = 1 if is_beside else settings.threads or cores()
    pipeline, models = opening.pipeline(threads=threads, is_measured=not is_beside)
    lanes = LANES_ON_GPU if choice.device == "cuda" and not is_beside else 1
    if choice.engine in SHARED_BY and threads > 1:
        beside, _ = opening.pipeline(threads=1, lanes=threads)
        pipeline, lanes = SharingPipeline(alone=pipeline, beside=beside), threads
    log.info("models.loaded", models=[model.id for model in models], engine=choice.engine, device=choice.device)
    return Loaded(pipeline=pipeline, lanes=lanes, models=models, choice=choice)


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """What all pipelines of the same models have in common."""

    settings: Settings
    choice: Choice
    repository: ModelRepository
    imaging: Imaging

    def pipeline(self, *, threads: int, lanes: int = 1, is_measured: bool = True) -> tuple[Pipeline, tuple[Model, ...]]:
        """One that is warm, `lanes` times at once on so many threads, and its models."""
        engines = _Engines(self.choice, threads=threads, lanes=lanes)
        judge = _classifier(self.repository)
        classifier = MaskClassifier(model=judge, engine=engines.open(judge, CLASS_OUTPUTS), imaging=self.imaging)
        detectors = {
            variant: FaceDetector(
                model=model,
                engine=engines.open(model, FACE_OUTPUTS),
                most_pictures=1 if lanes > 1 else MOST_PICTURES[self.choice.device],
                imaging=self.imaging,
            )
            for variant, model in _variants(self.repository, needed=self.settings.variant).items()
        }
        fit = _fit(self.repository, engines, self.settings.fit_rules, self.imaging)
        batches = batches_for(self.choice) if is_measured else (1,)
        with ThreadPoolExecutor(max_workers=lanes) as pool:  # each lane sees each shape, or nearly
            warm = partial(warm_up, detectors.values(), classifier, fit, batches=batches, imaging=self.imaging)
            for done in [pool.submit(warm) for _ in range(lanes)]:
                done.result()
        pipeline = MaskPipeline(
            detectors=detectors,
            classifier=classifier,
            limits=Limits(max_bytes=self.settings.max_image_bytes, max_pixels=self.settings.max_image_pixels),
            fit=fit,
            imaging=self.imaging,
            decoders=threads,
            is_measured=is_measured,
        )
        return pipeline, tuple(engines.models)


def _classifier(repository: ModelRepository) -> Model:
    model = repository.load(CLASSIFIER)
    classes = model.description.classes
    if classes != tuple(label.value for label in CLASSES):
        raise BrokenModel(f"{model.id} has the classes {classes}, in another order or others")
    return model


def _fit(repository: ModelRepository, engines: _Engines, rules: Path | None, imaging: Imaging) -> MaskFit | None:
    """None where the repository has no such network; then labels imply what is uncovered."""
    read = load_fit_rules(rules)  # a broken file is told even where nothing uses it
    if not repository.is_expected(FIT):
        return None
    model = repository.load(FIT)
    return MaskFit(model=model, engine=engines.open(model, FIT_OUTPUTS), rules=read, imaging=imaging)


def _variants(repository: ModelRepository, *, needed: str) -> dict[str, Model]:
    return {
        variant: repository.load(name)
        for variant, name in DETECTORS.items()
        if variant == needed or repository.is_expected(name)
    }


def _try(model: Model, engine: Engine) -> None:
    """Raise BrokenModel when the network fails, or answers what is no number: training that went wrong."""
    side = model.description.input_size
    try:
        answers = engine.infer(np.full((1, side, side, 3), 127, np.uint8))
    except (InferenceFailed, BrokenModel) as exc:
        raise BrokenModel(f"{model.path} cannot be run: {exc}") from exc
    for name, answer in answers.items():
        if not np.isfinite(answer).all():
            raise BrokenModel(f"{model.id} answers {name} with values that are no finite numbers")
