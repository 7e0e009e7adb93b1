"""Frames -> faces: the models see a few at once, while the next few are decoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from common.domain.prediction import PictureResult
from common.errors import Overloaded
from common.ports.detector import DetectOptions, Detector
from model_api.draw import to_jpeg
from model_api.errors import RunCancelled
from model_api.moderation.frames import Frame

AT_ONCE = 2  # frames in the models' queue: a caller with one picture waits for so many at most
PATIENCE_SECONDS = 300.0  # so long a video gives way to callers, without one frame of its own being taken
QUALITY = 95  # of the JPEG that the models get; what it changes is below what the camera's own codec did

Seen = tuple[Frame, PictureResult]


class Looker:
    """Shows frames to a detector, and gives way when it is overloaded."""

    def __init__(self, detector: Detector, options: DetectOptions, *, stop: threading.Event) -> None:
        """`stop` may be set at any time, from any thread."""
        self._detector = detector
        self._options = options
        self._stop = stop

    def look(self, frames: Iterator[Frame]) -> Iterator[Seen]:
        """Each frame with its result, in order. Raises RunCancelled once stopped, or as the detector does."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="video-frames") as pool:
            shown: list[Frame] = []
            answers: Future[list[PictureResult]] | None = None
            while True:
                following = list(islice(frames, AT_ONCE))  # decoded while the models look at those before
                results = answers.result() if answers else []
                self._check()
                answers = pool.submit(self._ask, following) if following else None
                yield from zip(shown, results, strict=True)
                if answers is None:
                    return
                shown = following

    def _check(self) -> None:
        if self._stop.is_set():
            raise RunCancelled("the run was cancelled")

    def _ask(self, frames: list[Frame]) -> list[PictureResult]:
        pictures = [to_jpeg(frame.pixels, quality=QUALITY) for frame in frames]
        waited = 0.0
        while True:
            self._check()
            try:
                return self._detector.predict(pictures, options=self._options)
            except Overloaded as exc:
                waited += exc.retry_after_seconds
                if waited > PATIENCE_SECONDS:
                    raise
                self._stop.wait(exc.retry_after_seconds)
