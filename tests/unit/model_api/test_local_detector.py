"""The detector in process: what it refuses."""

from __future__ import annotations

import pytest
from slow_models import SlowPipeline

from common.errors import Overloaded
from model_api.local import LocalDetector


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
