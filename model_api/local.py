"""The models in process: one thread collects pictures of all callers into batches and runs them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import get_args

import structlog

from common import metrics
from common.domain.prediction import PictureResult
from common.errors import InvalidInput, Unavailable
from common.ports.detector import DetectOptions, Tiles
from common.settings import Settings
from model_api.batching import BatchQueue
from model_api.life import ModelLife
from model_api.models_answer import ModelsAnswer
from model_api.pipeline import Pipeline, Request

log = structlog.get_logger(__name__)

# In a batch: larger ones are no faster, and the first picture of one waits for its last. As many are decoded ahead.
MOST_PICTURES = 8
MOST_PICTURES_ON_GPU = 64
LINGER_SECONDS = 0.004  # costs a lone caller less than decoding does, and joins those who come together

Answer = Future[PictureResult]


class LocalDetector:
    """Implements common.ports.detector.Detector."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        queue_limit: int = 256,
        queue_seconds: float = math.inf,
        most_pictures: int = MOST_PICTURES,
        linger_seconds: float = LINGER_SECONDS,
        life: ModelLife | None = None,
    ) -> None:
        """`queue_limit`: pictures that may wait before callers are told to come back; `queue_seconds`: how long one may
        have to wait for those before it; `life`: of the pipeline's models, ended with this detector.
        """
        self._pipeline = pipeline
        self._life = life
        self._most_pictures = most_pictures
        self._queue: BatchQueue[tuple[Request, Answer]] = BatchQueue(
            limit=queue_limit, linger_seconds=linger_seconds, longest_wait_seconds=queue_seconds
        )
        self._thread = threading.Thread(target=self._work, name="models", daemon=True)
        self._thread.start()

    def submit(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[Answer]:
        """Queue the pictures and return at once; each future holds its result, or raises Unavailable.

        Raises Overloaded or Unavailable when they are not taken, InvalidInput for options that nothing satisfies.
        """
        chosen = options or DetectOptions()
        self._validate(chosen)
        entries: list[tuple[Request, Answer]] = [(Request(data=data, options=chosen), Future()) for data in pictures]
        self._queue.admit(len(entries))
        # Before they can be collected: after that whoever collected them decodes them.
        for request, _ in entries[: max(0, self._most_pictures - len(self._queue))]:
            self._pipeline.ahead(request)
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
        if not self._thread.is_alive():
            raise Unavailable("the models are not running")

    def models(self) -> ModelsAnswer:
        """The models that answer, and how a challenger does; none where the pipeline came without them."""
        if self._life is None:
            return {"engine": None, "device": None, "models": [], "refused": None, "shadow": None}
        return self._life.report()

    def close(self) -> None:
        """Take no more pictures, answer those that wait, free the models."""
        self._queue.close()
        self._thread.join()
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

        The answer must not lead to its request: it leads to itself by now, and so would keep the picture, decoded
        perhaps, until Python looks for such circles.
        """
        if answer.cancelled():
            self._queue.discard(lambda entry: entry[1] is answer)

    def _work(self) -> None:
        while self._work_off(self._queue.collect(self._most_pictures)):
            pass

    def _work_off(self, batch: Sequence[tuple[float, tuple[Request, Answer]]]) -> bool:
        """False when there was nothing, which is the end."""
        # Nobody waits any more for what was cancelled since it was collected: do not compute it.
        wanted = [(waited, entry) for waited, entry in batch if entry[1].set_running_or_notify_cancel()]
        if wanted:
            metrics.BATCH_SIZE.observe(len(wanted))
            for waited_seconds, _ in wanted:
                metrics.INFERENCE_QUEUE.observe(waited_seconds)
            start = time.monotonic()
            self._answer([entry for _, entry in wanted])
            self._queue.learn(seconds=time.monotonic() - start, items=len(wanted))
        return bool(batch)

    def _answer(self, entries: Sequence[tuple[Request, Answer]]) -> None:
        try:
            for request, _ in self._queue.first(self._most_pictures):
                self._pipeline.ahead(request)  # else half of the cores rest now and then while this batch is looked at
            results = self._pipeline.run([request for request, _ in entries])
        except Exception as exc:  # whatever it is, every caller must hear of it and the loop go on
            log.exception("inference.failed", pictures=len(entries))
            told = exc if isinstance(exc, Unavailable) else Unavailable("the models failed; the log says why")
            for _, answer in entries:
                answer.set_exception(told)
            return
        for (_, answer), result in zip(entries, results, strict=True):
            answer.set_result(result)


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
        life=life,
    )
