"""Frames on their way through the models: in order, a few at once, giving way, ending when told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from common.domain.prediction import PictureResult
from common.errors import Overloaded, Unavailable
from common.ports.detector import DetectOptions
from model_api.errors import RunCancelled
from model_api.moderation.frames import Frame
from model_api.moderation.looking import AT_ONCE, PATIENCE_SECONDS, Looker


class Counter:
    """A detector that numbers its answers, refuses the first calls, and may fail."""

    def __init__(self, *, refusals: int = 0, retry_after_seconds: float = 0.0, error: Exception | None = None) -> None:
        self.refusals = refusals
        self.retry_after_seconds = retry_after_seconds
        self.error = error
        self.sizes: list[int] = []
        self.answered = 0

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        if self.error:
            raise self.error
        if self.refusals:
            self.refusals -= 1
            raise Overloaded("too much", retry_after_seconds=self.retry_after_seconds)
        self.sizes.append(len(pictures))
        self.answered += len(pictures)
        return [PictureResult(width=self.answered - len(pictures) + n) for n in range(len(pictures))]

    def check(self) -> None:
        """It is always there."""

    def close(self) -> None:
        """It holds nothing."""


def _frames(count: int) -> Iterator[Frame]:
    return (Frame(seconds=float(n), pixels=np.zeros((8, 8, 3), np.uint8)) for n in range(count))


def _looker(detector: Counter, stop: threading.Event | None = None) -> Looker:
    return Looker(detector, DetectOptions(), stop=stop or threading.Event())


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, 3 * AT_ONCE + 1])
def test_each_frame_meets_its_answer_and_few_go_at_once(count: int) -> None:
    detector = Counter()
    seen = list(_looker(detector).look(_frames(count)))
    assert [(frame.seconds, result.width) for frame, result in seen] == [(n, n) for n in range(count)]
    assert max(detector.sizes, default=0) <= AT_ONCE


def test_it_gives_way_to_others_and_goes_on() -> None:
    seen = list(_looker(Counter(refusals=3)).look(_frames(2)))
    assert len(seen) == 2


def test_its_patience_ends() -> None:
    stop = threading.Event()
    detector = Counter(refusals=1, retry_after_seconds=PATIENCE_SECONDS + 1)
    with pytest.raises(Overloaded):
        list(_looker(detector, stop).look(_frames(1)))


def test_what_the_models_fail_with_ends_it() -> None:
    with pytest.raises(Unavailable, match="out of memory"):
        list(_looker(Counter(error=Unavailable("out of memory"))).look(_frames(1)))


def test_it_ends_when_told_without_looking_at_the_rest() -> None:
    stop, detector = threading.Event(), Counter()
    seen = _looker(detector, stop).look(_frames(100))
    next(seen)
    stop.set()
    with pytest.raises(RunCancelled):
        list(seen)
    assert detector.answered <= 3 * AT_ONCE


def test_it_does_not_wait_to_be_let_in_once_it_is_told_to_end() -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(RunCancelled):
        list(_looker(Counter(refusals=1, retry_after_seconds=PATIENCE_SECONDS - 1), stop).look(_frames(1)))
