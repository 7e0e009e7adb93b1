"""Encoded pictures -> results: decode, detect, classify, say what is uncovered."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeVar

import structlog

from common import metrics
from common.domain.prediction import Box, Face, Label, PictureResult
from common.errors import MaskwatchError
from common.ports.detector import DetectOptions
from model_api.appearance import describe
from model_api.arrays import Picture
from model_api.decode import Limits, decode
from model_api.face_detector import Detection, FaceDetector
from model_api.fit import Fit, MaskFit, combine, uncovered_by
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Imaging
from model_api.mask_classifier import MaskClassifier, Verdict
from model_api.tiling import find_faces, useful_side

log = structlog.get_logger(__name__)

T = TypeVar("T")
U = TypeVar("U")

STAGES = ("decode", "detect", "classify", "fit")


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """One encoded picture and how to look at it; equal to itself only."""

    data: bytes = field(repr=False)
    options: DetectOptions


class Pipeline(Protocol):
    """Answers a batch: one result per request, in order; one bad picture is that result's error."""

    @property
    def variants(self) -> Sequence[str]:
        """The detectors to choose from."""

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        """Raises Unavailable when the batch as a whole failed."""

    def close(self) -> None: ...


@dataclass(kw_only=True)
class _Picture:
    """A picture on its way through the stages."""

    data: bytes
    options: DetectOptions
    width: int = 0  # of the whole picture, upright
    height: int = 0
    pixels: Picture = None  # of all of it, perhaps reduced; or not decoded yet
    error: str | None = None
    detections: list[Detection] = field(default_factory=list)  # in the pixels' own coordinates
    verdicts: list[Verdict] = field(default_factory=list)
    fits: list[Fit | None] = field(default_factory=list)  # of each detection
    appearances: list[bytes] = field(default_factory=list)  # of each, where they are asked for and known
    timings_ms: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    @property
    def scale(self) -> tuple[float, float]:
        """From the pixels' coordinates, across and down, to the whole picture's."""
        return self.width / self.pixels.shape[1], self.height / self.pixels.shape[0]


class MaskPipeline:
    """The stages the project is about, each run once over all pictures of a batch."""

    def __init__(
        self,
        *,
        detectors: Mapping[str, FaceDetector],
        classifier: MaskClassifier,
        limits: Limits,
        fit: MaskFit | None = None,
        imaging: Imaging | None = None,
        decoders: int = 2,
        is_measured: bool = True,
    ) -> None:
        """`detectors` by variant; `decoders`: pictures of a batch decoded at once, when it is one by the caller's
        thread; `is_measured`: its times are metrics.

        Without `fit` the classifier's label implies what is uncovered.
        """
        self._detectors = detectors
        self.classifier = classifier
        self._fit = fit
        self._imaging = imaging or HostImaging()
        self._limits = limits
        self._is_measured = is_measured
        # A face's longer side, in pixels, from which on those who judge it see it no larger than the picture shows it.
        judges = [classifier.model.description, *([fit.model.description] if fit else [])]
        self._useful_face = max(judge.input_size / judge.crop_scale for judge in judges)
        self._pool = ThreadPoolExecutor(max_workers=decoders, thread_name_prefix="decode") if decoders > 1 else None

    @property
    def variants(self) -> Sequence[str]:
        """The detectors to choose from."""
        return tuple(self._detectors)

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        """Results in the order of the requests. Raises InferenceFailed when an engine failed."""
        pictures = self._each(self._decode, requests)
        readable = self._loaded(pictures)
        self._detect(readable)
        self._each(self._enlarge, readable)
        readable = self._loaded(readable)
        self._classify(readable)
        self._describe([picture for picture in readable if picture.options.appearance])
        self._look_at_fit([picture for picture in readable if picture.options.fit])
        return [self._result(picture) for picture in pictures]

    def close(self) -> None:
        """End the decoding threads."""
        if self._pool:
            self._pool.shutdown()

    def _each(self, work: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """Done to each of them, by several threads where that is quicker than to hand one over."""
        return list(self._pool.map(work, items) if self._pool and len(items) > 1 else map(work, items))

    def _decode(self, request: Request) -> _Picture:
        """Decode as much of it as the detector can see."""
        options = request.options
        picture = _Picture(data=request.data, options=options)
        seen = useful_side(self._detectors[options.variant].model.description.input_size, options.tiles)
        with _decoding(picture):
            opened = self._imaging.open(request.data, self._limits, useful_side=seen)
            picture.pixels, picture.width, picture.height = opened
        self._observe("decode", picture.timings_ms["decode"] / 1000)
        return picture

    def _enlarge(self, picture: _Picture) -> None:
        """Decode it whole where that shows more of one of its faces to those who judge them."""
        across, down = picture.scale
        if across == 1 or all(_longer_side(face.box) >= self._useful_face for face in picture.detections):
            return
        self._decode_whole(picture)
        picture.detections = [face.scaled(across, down) for face in picture.detections]

    def _decode_whole(self, picture: _Picture) -> None:
        with _decoding(picture):
            picture.pixels = decode(picture.data, self._limits)

    def _loaded(self, pictures: Sequence[_Picture]) -> list[_Picture]:
        """Those without an error, their pixels where the networks' inputs are made of them."""
        readable = [picture for picture in pictures if picture.error is None]
        self._load(readable)
        left = [picture for picture in readable if picture.pixels is None]  # that only the host's decoders read
        if left:
            self._each(self._decode_whole, left)
            self._load([picture for picture in left if picture.error is None])
        return [picture for picture in readable if picture.error is None]

    def _load(self, pictures: Sequence[_Picture]) -> None:
        start = time.perf_counter()
        loaded = self._imaging.load([picture.pixels for picture in pictures])
        moved = [picture for picture, pixels in zip(pictures, loaded, strict=True) if picture.pixels is not pixels]
        for picture, pixels in zip(pictures, loaded, strict=True):
            picture.pixels = pixels
        if moved:
            self._record("decode", start, moved)

    def _detect(self, pictures: Sequence[_Picture]) -> None:
        by_variant: dict[str, list[_Picture]] = defaultdict(list)
        for picture in pictures:
            by_variant[picture.options.variant].append(picture)
        for variant, group in by_variant.items():
            start = time.perf_counter()
            scores = [picture.options.min_score for picture in group]
            tiles = [picture.options.tiles for picture in group]
            found = find_faces(self._detectors[variant], [picture.pixels for picture in group], scores, tiles)
            for picture, detections in zip(group, found, strict=True):
                picture.detections = detections
            self._record("detect", start, group)

    def _classify(self, pictures: Sequence[_Picture]) -> None:
        start = time.perf_counter()
        faces = [(picture.pixels, face.box) for picture in pictures for face in picture.detections]
        verdicts = iter(self.classifier.classify(faces))
        for picture in pictures:
            picture.verdicts = [next(verdicts) for _ in picture.detections]
            picture.fits = [None] * len(picture.detections)
        self._record("classify", start, pictures)

    def _describe(self, pictures: Sequence[_Picture]) -> None:
        start = time.perf_counter()
        faces = [(picture.pixels, face.box) for picture in pictures for face in picture.detections]
        known = [verdict.features for picture in pictures for verdict in picture.verdicts]
        features = [each for each in known if each is not None]
        if not faces or len(features) < len(faces):  # nobody asked, or a classifier that has none
            return
        described = iter(describe(faces, features, self._imaging))
        for picture in pictures:
            picture.appearances = list(islice(described, len(picture.detections)))
        self._record("classify", start, pictures)

    def _record(self, stage: str, start: float, pictures: Sequence[_Picture]) -> None:
        """A picture's time in a stage is its share of the batch's: they add up to what was spent."""
        seconds = time.perf_counter() - start
        self._observe(stage, seconds)
        for picture in pictures:
            picture.timings_ms[stage] += 1000 * seconds / len(pictures)

    def _observe(self, stage: str, seconds: float) -> None:
        if self._is_measured:
            metrics.INFERENCE.labels(stage).observe(seconds)

    def _look_at_fit(self, pictures: Sequence[_Picture]) -> None:
        """What the masks leave free; where the rules disagree with the classifier, it becomes less certain."""
        if self._fit is None:
            return
        start = time.perf_counter()
        fits = iter(self._fit.look([(picture.pixels, face) for picture in pictures for face in picture.detections]))
        doubt, threshold = self._fit.rules.doubt, self.classifier.model.description.uncertain_below
        for picture in pictures:
            picture.fits = [next(fits) for _ in picture.detections]
            picture.verdicts = [
                combine(verdict, fit, doubt=doubt, uncertain_below=threshold)
                for verdict, fit in zip(picture.verdicts, picture.fits, strict=True)
            ]
        self._record("fit", start, pictures)

    def _result(self, picture: _Picture) -> PictureResult:
        if picture.error is not None:
            return PictureResult(timings_ms=picture.timings_ms, error=picture.error)
        options = picture.options
        faces = tuple(
            _face(detection.scaled(*picture.scale), verdict, uncovered=_uncovered(verdict, fit) if options.fit else ())
            for detection, verdict, fit in zip(picture.detections, picture.verdicts, picture.fits, strict=True)
        )
        return PictureResult(
            width=picture.width,
            height=picture.height,
            model={
                "detector": self._detectors[options.variant].model.id,
                "classifier": self.classifier.model.id,
                "fit": self._fit.model.id if self._fit and options.fit else None,
            },
            faces=faces,
            timings_ms=picture.timings_ms,
            appearances=tuple(picture.appearances),
        )


@contextmanager
def _decoding(picture: _Picture) -> Iterator[None]:
    """What goes wrong is the picture's error; the time counts as its decoding."""
    start = time.perf_counter()
    try:
        yield
    except MaskwatchError as exc:
        picture.error = str(exc)
    except MemoryError:
        picture.error = "there is not enough memory for this picture"
    except Exception:  # whatever a decoder makes of what a stranger sent, the batch's other pictures go on
        log.exception("decoding.failed", bytes=len(picture.data))
        picture.error = "the picture cannot be decoded; the log says why"
    picture.timings_ms["decode"] += 1000 * (time.perf_counter() - start)


def _longer_side(box: Box) -> float:
    x1, y1, x2, y2 = box
    return max(x2 - x1, y2 - y1)


def _uncovered(verdict: Verdict, fit: Fit | None) -> tuple[str, ...]:
    """What was measured, unless it contradicts a label that is certain in spite of it: an answer agrees with itself."""
    if fit is None or verdict.label not in (fit.worn.label, Label.UNCERTAIN):
        return uncovered_by(verdict.label)
    return tuple(part.value for part in fit.uncovered)


def _face(detection: Detection, verdict: Verdict, *, uncovered: tuple[str, ...]) -> Face:
    return Face(
        box=detection.box,
        score=detection.score,
        landmarks=detection.landmarks,
        label=verdict.label,
        probabilities=verdict.probabilities,
        uncovered=uncovered,
    )
