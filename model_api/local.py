"""The models in process: a few threads, the lanes, collect pictures of all callers into batches and run them."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import get_args

import structlog

from common import metrics
from common.domain.prediction import PictureResult
from common.errors import InvalidInput, Unavailable
from common.ports.detector import DetectOptions, Tiles
from common.runtime.load import LoadMeter
from common.settings import Settings
from model_api.batching import Batch, BatchQueue
from model_api.life import ModelLife
from model_api.models_answer import ModelsAnswer
from model_api.pipeline import Pipeline, Request

log = structlog.get_logger(__name__)

# In a batch of a lane: larger ones are no faster, and the first picture of one waits for its last.
MOST_PICTURES = 4
MOST_PICTURES_ON_GPU = 64
LINGER_SECONDS = 0.004  # costs a lone caller less than decoding does, and joins those who come together

Answer = Future[PictureResult]
Entry = tuple[Request, Answer]


class LocalDetector:
    """Implements common.ports.detector.Detector."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        queue_limit: int = 256,
        queue_seconds: float = math.inf,
        most_pictures: int = MOST_PICTURES,
        lanes: int = 1,
        linger_seconds: float = LINGER_SECONDS,
        life: ModelLife | None = None,
    ) -> None:
        """`queue_limit`: pictures that may wait before callers are told to come back; `queue_seconds`: how long one may
        have to wait for those before it; `most_pictures`: of a batch; `lanes`: batches in work at once; `life`: of the
        pipeline's models, ended with this detector.
        """
        self._pipeline = pipeline
        self._life = life
        self.load = LoadMeter()  # in pictures
        self._most_pictures = most_pictures
        self._queue: BatchQueue[Entry] = BatchQueue(
            limit=queue_limit, linger_seconds=linger_seconds, longest_wait_seconds=queue_seconds, lanes=lanes
        )
        self._threads = [
            threading.Thread(target=self._work, name=f"models-{lane}", daemon=True) for lane in range(lanes)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[Answer]:
        """Queue the pictures and return at once; each future holds its result, or raises Unavailable.

        Raises Overloaded or Unavailable when they are not taken, InvalidInput for options that nothing satisfies.
        """
        chosen = options or DetectOptions()
        self._validate(chosen)
        entries: list[Entry] = [(Request(data=data, options=chosen), Future()) for data in pictures]
        self._queue.put(entries)
        answers = [answer for _, answer in entries]
        for answer in answers:
            answer.add_done_callback(self._forget)
        return answers

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        """Answers for encoded pictures, in their order. Raises as `submit` does."""
        return [answer.result() for answer in self.submit(pictures, options=options)]

    def admit(self, options: DetectOptions) -> None:
        """Raise as `submit` would for one more picture: asked before its bytes are received."""
        self._validate(options)
        self._queue.admit(1)

    def check(self) -> None:
        """Raise Unavailable once closed; before that the models are loaded and warm."""
        if not all(thread.is_alive() for thread in self._threads):
            raise Unavailable("the models are not running")

    def models(self) -> ModelsAnswer:
        """The models that answer, and how a challenger does; none where the pipeline came without them."""
        if self._life is None:
            return {"engine": None, "device": None, "models": [], "refused": None, "shadow": None}
        return self._life.report()

    def close(self) -> None:
        """Take no more pictures, answer those that wait, free the models."""
        self._queue.close()
        for thread in self._threads:
            thread.join()
        if self._life:
            self._life.close()
        self._pipeline.close()

    def _validate(self, options: DetectOptions) -> None:
        if options.variant not in self._pipeline.variants:
            known = ", ".join(self._pipeline.variants)
            raise InvalidInput(f"unknown variant {options.variant!r}; known: {known}")
        if options.min_score is not None and not 0 <= options.min_score <= 1:
            raise InvalidInput(f"min_score is {options.min_score}, not within 0..1")
        if options.tiles not in get_args(Tiles):
            raise InvalidInput(f"tiles is {options.tiles!r}; known: {', '.join(get_args(Tiles))}")

    def _forget(self, answer: Answer) -> None:
        """What was given up makes room for others at once, and its picture leaves the memory.

        The answer must not lead to its request: it leads to itself by now, and so would keep the picture until Python
        looks for such circles.
        """
        if answer.cancelled():
            self._queue.discard(lambda entry: entry[1] is answer)

    def _work(self) -> None:
        while (batch := self._queue.collect(self._most_pictures)) is not None:
            # Nobody waits any more for what was cancelled since it was collected: do not compute it.
            wanted = [entry for entry in batch.items if entry[1].set_running_or_notify_cancel()]
            if wanted:
                self._observe(batch, len(wanted))
                with self.load.working(len(wanted)) as finish:
                    finish(self._answer(wanted))
            self._queue.finish(batch, worked_off=len(wanted))

    def _observe(self, batch: Batch[Entry], wanted: int) -> None:
        metrics.BATCH_SIZE.observe(wanted)
        for seconds in batch.waited_seconds:
            metrics.INFERENCE_QUEUE.observe(seconds)

    def _answer(self, entries: Sequence[Entry]) -> int:
        """How many were looked at."""
        try:
            results = self._pipeline.run([request for request, _ in entries])
        except Exception as exc:  # whatever it is, every caller must hear of it and the loop go on
            log.exception("inference.failed", pictures=len(entries))
            told = exc if isinstance(exc, Unavailable) else Unavailable("the models failed; the log says why")
            for _, answer in entries:
                answer.set_exception(told)
            return 0
        for (_, answer), result in zip(entries, results, strict=True):
            answer.set_result(result)
        return len(entries)


def open_local_detector(settings: Settings, *, is_live: bool = False) -> LocalDetector:
    """The models that the settings and their aliases name, loaded and warm.

    A live one follows the aliases when they change, and shows a share of its pictures to the challenger.

    Raises ModelNotFound, BrokenModel or BrokenAliases when the repository lacks them, InvalidInput for a device that is
    not served.
    """
    life = ModelLife(settings, share=settings.shadow if is_live else 0.0)
    if is_live:
        life.follow()
    return LocalDetector(
        pipeline=life.pipeline,
        queue_limit=settings.model_queue,
        queue_seconds=settings.queue_seconds,
        most_pictures=MOST_PICTURES_ON_GPU if life.device == "cuda" else MOST_PICTURES,
        lanes=life.lanes,
        life=life,
    )
