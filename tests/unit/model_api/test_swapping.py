"""Between two batches another pipeline takes over; the old one is closed after its last batch, not before."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.domain.prediction import PictureResult
from common.ports.detector import DetectOptions
from model_api.errors import BrokenModel
from model_api.pipeline import Request
from model_api.swapping import SwappingPipeline

REQUEST = Request(data=b"", options=DetectOptions())


class NamedPipeline:
    """Answers with its name, once it is let go; a closed one refuses."""

    def __init__(self, name: str, *, variants: Sequence[str] = ("server",)) -> None:
        self.variants = variants
        self.name = name
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.is_closed = False

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        self.begun.set()
        assert self.go.wait(60)
        assert not self.is_closed
        return [PictureResult(model={"detector": self.name}) for _ in requests]

    def close(self) -> None:
        self.is_closed = True


def _answered_by(pipeline: SwappingPipeline) -> str | None:
    return pipeline.run([REQUEST])[0].model["detector"]


def test_the_next_batch_is_the_new_one_s() -> None:
    old, new = NamedPipeline("old"), NamedPipeline("new")
    pipeline = SwappingPipeline(old)
    assert _answered_by(pipeline) == "old"
    pipeline.exchange(new)
    assert _answered_by(pipeline) == "new"
    assert (old.is_closed, new.is_closed) == (True, False)
    pipeline.close()
    assert new.is_closed


def test_a_batch_on_its_way_is_finished_by_the_old_one() -> None:
    old, new = NamedPipeline("old"), NamedPipeline("new", variants=("server", "lite"))
    old.go.clear()
    pipeline = SwappingPipeline(old)
    with ThreadPoolExecutor(max_workers=3) as pool:
        first = pool.submit(_answered_by, pipeline)
        assert old.begun.wait(60)
        exchange = pool.submit(pipeline.exchange, new)
        while pipeline.variants != new.variants:  # as soon as it is exchanged, …
            threading.Event().wait(0.01)
        assert _answered_by(pipeline) == "new"  # … even while the old one still works
        assert not exchange.done()
        assert not old.is_closed
        old.go.set()
        assert first.result(60) == "old"
        exchange.result(60)
    assert old.is_closed


def test_a_new_one_without_a_variant_that_is_served_is_refused() -> None:
    old, new = NamedPipeline("old", variants=("server", "lite")), NamedPipeline("new")
    pipeline = SwappingPipeline(old)
    with pytest.raises(BrokenModel, match="lack the variant lite"):
        pipeline.exchange(new)
    assert _answered_by(pipeline) == "old"
    assert not old.is_closed


def test_it_is_idle_only_while_no_batch_is_on_its_way() -> None:
    old = NamedPipeline("old")
    old.go.clear()
    pipeline = SwappingPipeline(old)
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(_answered_by, pipeline)
        assert old.begun.wait(60)
        assert pipeline.idle_seconds() == 0
        old.go.set()
        running.result(60)
    threading.Event().wait(0.01)
    assert pipeline.idle_seconds() > 0


def test_a_batch_that_fails_is_over_too() -> None:
    class Failing(NamedPipeline):
        def run(self, requests: Sequence[Request]) -> list[PictureResult]:
            raise RuntimeError("no memory")

    failing = Failing("old")
    pipeline = SwappingPipeline(failing)
    with pytest.raises(RuntimeError, match="no memory"):
        pipeline.run([REQUEST])
    pipeline.exchange(NamedPipeline("new"))
    assert failing.is_closed
