"""Models that answer what a test wrote, when it lets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from model_server import serving

from common.domain.prediction import Face, Label, PictureResult
from common.settings import Settings
from model_api.local import LocalDetector
from model_api.pipeline import Request


class ScriptedPipeline:
    """The same result for every picture; remembers what it was asked."""

    variants = ("server", "lite")

    def __init__(self, result: PictureResult) -> None:
        self.result = result
        self.requests: list[Request] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.requests.extend(requests)
        self.begun.set()
        self.go.wait()
        return [self.result for _ in requests]

    def close(self) -> None:
        """It holds nothing."""


@contextmanager
def serving_scripted(result: PictureResult) -> Iterator[tuple[ScriptedPipeline, str]]:
    """A server whose models answer `result` at once; the pipeline and the server's URL."""
    pipeline = ScriptedPipeline(result)
    pipeline.go.set()
    detector = LocalDetector(pipeline=pipeline)
    with serving(detector, Settings(max_image_bytes=50_000, max_image_pixels=1_000_000)) as url:
        yield pipeline, url
    detector.close()


@contextmanager
def serving_overloaded() -> Iterator[str]:
    """A server with one picture in work and one that waits, which is all that it takes; its URL."""
    pipeline = ScriptedPipeline(PictureResult(width=1, height=1))
    detector = LocalDetector(pipeline=pipeline, queue_limit=1)
    with serving(detector, Settings()) as url:
        detector.submit([b"in work"])
        pipeline.begun.wait()
        detector.submit([b"waiting"])
        yield url
        pipeline.go.set()
    detector.close()


def crowd() -> PictureResult:
    """One face of each label, with numbers that are easy to follow into an answer."""
    shares = {
        Label.NO_MASK: (0.98, 0.015, 0.005),
        Label.MASK_INCORRECT: (0.1, 0.8, 0.1),
        Label.MASK_CORRECT: (0.01, 0.04, 0.95),
        Label.UNCERTAIN: (0.25, 0.35, 0.4),
    }
    uncovered = {Label.NO_MASK: ("NOSE", "MOUTH", "CHIN"), Label.MASK_INCORRECT: ("NOSE",)}
    faces = tuple(
        _face(label, left=100.0 * index, score=0.9 - 0.1 * index, shares=each, uncovered=uncovered.get(label, ()))
        for index, (label, each) in enumerate(shares.items())
    )
    model: dict[str, str | None] = {"detector": "yoloface-server@1", "classifier": "efficientnet-b0@1", "fit": None}
    return PictureResult(width=640, height=480, model=model, faces=faces)


def _face(
    label: Label, *, left: float, score: float, shares: tuple[float, float, float], uncovered: tuple[str, ...]
) -> Face:
    points = ((20.25, 30.5), (60.25, 30.5), (40.25, 50.5), (25.25, 70.5), (55.25, 70.5))
    return Face(
        box=(left + 0.4, 10.6, left + 80.4, 110.6),
        score=round(score, 2),
        landmarks=tuple((left + x, y) for x, y in points),
        label=label,
        probabilities=dict(zip(("no_mask", "mask_incorrect", "mask_correct"), shares, strict=True)),
        uncovered=uncovered,
    )
