"""The detector in process: what it refuses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from slow_models import SlowPipeline

from common.domain.prediction import PictureResult
from common.errors import Overloaded, Unavailable
from model_api.local import LocalDetector
from model_api.pipeline import Request


def test_its_queue_is_bounded_in_time() -> None:
    pipeline = SlowPipeline()
    pipeline.go.set()
    detector = LocalDetector(pipeline=pipeline, queue_seconds=0)
    detector.predict([b"tells how long one takes"])
    pipeline.go.clear()
    pipeline.begun.clear()
    detector.submit([b"in work"])
    pipeline.begun.wait()
    with pytest.raises(Overloaded):
        _submit_twice(detector)  # the first may be taken, when what is in work takes longer than the one before
    pipeline.go.set()
    detector.close()


def _submit_twice(detector: LocalDetector) -> None:
    detector.submit([b"waits"])
    detector.submit([b"would wait for it"])


class _Strange(SlowPipeline):
    """Fails in ways that nobody thought of."""

    def __init__(self) -> None:
        super().__init__()
        self.go.set()

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        if any(request.data == b"strange" for request in requests):
            raise KeyError("/secret/place")
        return super().run(requests)


def test_what_nobody_thought_of_ends_neither_the_models_nor_in_the_answer() -> None:
    detector = LocalDetector(pipeline=_Strange())
    with pytest.raises(Unavailable) as raised:
        detector.predict([b"strange"])
    assert "secret" not in str(raised.value)
    assert detector.predict([b"another"])[0].error is None
    detector.check()
    detector.close()


def test_its_load_counts_what_was_looked_at_and_nothing_that_failed() -> None:
    detector = LocalDetector(pipeline=_Strange())
    assert detector.load.read().capacity is None
    with pytest.raises(Unavailable):
        detector.predict([b"strange"])
    assert detector.load.read().capacity is None
    detector.predict([b"a", b"b"])
    detector.close()
    load = detector.load.read()
    assert load.capacity is not None
    assert load.capacity > 0
    assert load.in_hand == 0
