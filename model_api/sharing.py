"""How batches that are in work at once share the cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from common.domain.prediction import PictureResult
from model_api.pipeline import Pipeline, Request


class SharingPipeline:
    """Implements Pipeline by two of the same models: a lone batch takes all cores, batches in work at once one each.

    Networks on one thread cost a tenth to a fifth less than on several, which wait for each other at every layer; and
    while one batch is decoded or cut out, the networks look at another. But a lone picture would take twice as long.
    """

    def __init__(self, *, alone: Pipeline, beside: Pipeline) -> None:
        """`beside`: may be run by as many threads at once as there are lanes."""
        self.alone = alone
        self.beside = beside
        self._lock = threading.Lock()
        self._runs = 0  # at the moment

    @property
    def variants(self) -> Sequence[str]:
        """Of both."""
        return self.alone.variants

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        """On all cores when nothing else is in work, and on one otherwise."""
        with self._choice() as pipeline:
            return pipeline.run(requests)

    def close(self) -> None:
        """Both of them."""
        self.alone.close()
        self.beside.close()

    @contextmanager
    def _choice(self) -> Iterator[Pipeline]:
        with self._lock:
            chosen = self.beside if self._runs else self.alone
            self._runs += 1
        try:
            yield chosen
        finally:
            with self._lock:
                self._runs -= 1
