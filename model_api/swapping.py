"""The pipeline that serves now, and how another one takes its place."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from common.domain.prediction import PictureResult
from model_api.errors import BrokenModel
from model_api.pipeline import Pipeline, Request


class SwappingPipeline:
    """Implements Pipeline by another one, which can be exchanged between two batches; thread-safe."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._current = pipeline
        self._changed = threading.Condition()
        self._runs: Counter[int] = Counter()  # batches on their way, by the id of their pipeline
        self._resting_since = time.monotonic()

    @property
    def variants(self) -> Sequence[str]:
        """Of the pipeline that serves now."""
        return self._current.variants

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        """A batch is answered by one pipeline from its begin to its end."""
        with self._borrow() as pipeline:
            return pipeline.run(requests)

    def exchange(self, pipeline: Pipeline) -> None:
        """Let another one answer from the next batch on, and close the old one after its last.

        Raises BrokenModel, and changes nothing, when the new one lacks a variant: pictures that wait may ask for it.
        """
        missing = set(self._current.variants) - set(pipeline.variants)
        if missing:
            raise BrokenModel(f"the new models lack the variant {', '.join(sorted(missing))}, which is being served")
        with self._changed:
            old, self._current = self._current, pipeline
            self._changed.wait_for(lambda: not self._runs[id(old)])
        old.close()

    def idle_seconds(self) -> float:
        """How long no batch has been on its way; 0 while one is."""
        with self._changed:
            return 0.0 if self._runs.total() else time.monotonic() - self._resting_since

    def close(self) -> None:
        """Close the pipeline that serves now."""
        self._current.close()

    @contextmanager
    def _borrow(self) -> Iterator[Pipeline]:
        with self._changed:
            pipeline = self._current
            self._runs[id(pipeline)] += 1
        try:
            yield pipeline
        finally:
            with self._changed:
                self._runs[id(pipeline)] -= 1
                self._resting_since = time.monotonic()
                self._changed.notify_all()
