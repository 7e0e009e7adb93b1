"""A lone batch takes all cores; batches in work at once take one each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from slow_models import PATIENCE_SECONDS, SlowPipeline

from common.domain.prediction import PictureResult
from common.ports.detector import DetectOptions
from model_api.pipeline import Request
from model_api.sharing import SharingPipeline


def _request(name: bytes) -> Request:
    return Request(data=name, options=DetectOptions())


class _Failure(Exception):
    pass


class _Failing(SlowPipeline):
    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        raise _Failure


def test_who_comes_while_another_is_in_work_gets_one_core() -> None:
    alone, beside = SlowPipeline(), SlowPipeline()
    pipeline = SharingPipeline(alone=alone, beside=beside)
    with ThreadPoolExecutor(max_workers=2) as pool:
        first = pool.submit(pipeline.run, [_request(b"first")])
        assert alone.begun.wait(PATIENCE_SECONDS)
        second = pool.submit(pipeline.run, [_request(b"second")])
        assert beside.begun.wait(PATIENCE_SECONDS)
        alone.go.set()
        assert len(first.result(PATIENCE_SECONDS)) == 1
        beside.begun.clear()
        third = pool.submit(pipeline.run, [_request(b"third")])
        assert beside.begun.wait(PATIENCE_SECONDS)  # the second is still in work
        beside.go.set()
        assert len(second.result(PATIENCE_SECONDS) + third.result(PATIENCE_SECONDS)) == 2
    pipeline.run([_request(b"last")])
    assert alone.ran == [b"first", b"last"]
    assert beside.ran == [b"second", b"third"]


def test_after_a_failure_all_cores_are_free_again() -> None:
    beside = SlowPipeline()
    pipeline = SharingPipeline(alone=_Failing(), beside=beside)
    for _ in range(2):
        with pytest.raises(_Failure):
            pipeline.run([_request(b"any")])
    assert not beside.ran
