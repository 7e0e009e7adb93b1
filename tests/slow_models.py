"""Models that answer when a test lets them, and a detector that shows what becomes of each picture."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from model_server import serving

from common.domain.prediction import PictureResult
from common.errors import Overloaded
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.local import Answer, LocalDetector
from model_api.pipeline import Request

PATIENCE_SECONDS = 30  # a test that waits longer has failed


class SlowPipeline:
    """Answers nothing before it is let go; remembers the pictures that it ran."""

    variants = ("server",)

    def __init__(self) -> None:
        self.ran: list[bytes] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.ran.extend(request.data for request in requests)
        self.begun.set()
        self.go.wait()
        return [PictureResult(width=1, height=1) for _ in requests]

    def close(self) -> None:
        """It holds nothing."""


class WatchedDetector(LocalDetector):
    """Remembers its answers, and tells when it takes or refuses pictures."""

    def __init__(self, *, pipeline: SlowPipeline, queue_limit: int = 4) -> None:
        super().__init__(pipeline=pipeline, queue_limit=queue_limit)
        self.answers: list[Answer] = []
        self._taken = threading.Semaphore(0)
        self._refused = threading.Semaphore(0)

    def submit(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[Answer]:
        answers = super().submit(pictures, options=options)
        self.answers.extend(answers)
        self._taken.release()
        return answers

    def admit(self, options: DetectOptions) -> None:
        try:
            super().admit(options)
        except Overloaded:
            self._refused.release()
            raise

    def wait_until_taken(self) -> None:
        """Return once for every call of `submit`."""
        assert self._taken.acquire(timeout=PATIENCE_SECONDS), "no picture came"

    def wait_until_refused(self) -> None:
        """Return once for every refused call."""
        assert self._refused.acquire(timeout=PATIENCE_SECONDS), "nobody was refused"


Slow = tuple[SlowPipeline, WatchedDetector, str]


@contextmanager
def slow_server(busy_with: bytes) -> Iterator[Slow]:
    """A server whose models hold one picture already: all that follow wait until `go` is set."""
    pipeline = SlowPipeline()
    detector = WatchedDetector(pipeline=pipeline)
    with serving(detector, Settings()) as address:
        detector.submit([busy_with])
        detector.wait_until_taken()
        assert pipeline.begun.wait(PATIENCE_SECONDS)
        yield pipeline, detector, address
        pipeline.go.set()
    detector.close()


def wait_until_cancelled(answer: Answer) -> None:
    """Return at once when it is; a server needs a moment to see that a connection is closed."""
    ended = threading.Event()
    answer.add_done_callback(lambda _answer: ended.set())
    assert ended.wait(PATIENCE_SECONDS), "the server still waits for a caller who left"
    assert answer.cancelled()
