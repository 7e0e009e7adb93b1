"""Takes jobs from the broker through the models."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import structlog

from common import messages, metrics
from common.domain.job import Job
from common.domain.prediction import PictureResult, Prediction
from common.domain.shot import Outcome, Shot
from common.errors import MalformedMessage, NotFound, PermanentError, TransientError, Unavailable, UnreadableImage
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.detector import DetectOptions, Detector, Tiles
from common.ports.store import ObjectStore
from common.runtime.health import Check
from common.runtime.load import LoadMeter
from common.runtime.worker import Worker
from processor.appearances import Notes
from processor.privacy import Veil
from processor.task import Task, attempt, still_open

log = structlog.get_logger(__name__)

FETCHERS = 8  # pictures fetched at the same time: that is waiting, not work


class ProcessorService:
    """Jobs to predictions, at least once: a prediction is published, with confirm, before its job is settled.

    A job that is delivered twice is predicted twice; both predictions carry the snapshot's id, and whoever counts
    them counts that id once.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        store: ObjectStore,
        detector: Detector,
        clock: Clock = utc_now,
        batch: int = 8,
        variant: str = "server",
        tiles: Tiles = "off",
        notes: Notes | None = None,
        keeps_crops: bool = True,
    ) -> None:
        """`batch`: most jobs sent to the models at once; `notes`: where to leave how people look.

        `keeps_crops`: of cameras that blur faces, keep those at fault apart.
        """
        self._broker = broker
        self._store = store
        self._detector = detector
        self._clock = clock
        self._notes = notes
        self._veil = Veil(store=store, keeps_crops=keeps_crops)
        self._options = DetectOptions(variant=variant, tiles=tiles, appearance=notes is not None)
        self.load = LoadMeter()  # in pictures predicted
        self._worker = Worker(
            broker=broker, queue=messages.JOBS, handle=self._handle, batch=batch, on_rejected=self._on_rejected
        )
        self._fetchers = ThreadPoolExecutor(max_workers=FETCHERS, thread_name_prefix="fetch")

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the batch in hand is finished first."""
        try:
            self._worker.run(stop)
        finally:
            self._fetchers.shutdown()

    @property
    def checks(self) -> Mapping[str, Check]:
        """What it needs to be ready."""
        return {"broker": self._broker.check, "store": self._store.check, "models": self._detector.check}

    def _handle(self, bodies: Sequence[bytes]) -> list[Exception | None]:
        """One answer per job, in order: None once it is settled for good, or why not."""
        read = [_read(body) for body in bodies]
        tasks = [task for task in read if isinstance(task, Task)]
        with self.load.working(len(tasks)) as finish:
            self._work_off(tasks)
            finish(sum(task.outcome is Outcome.PREDICTED for task in tasks))  # one that expired cost next to nothing
        return [task.error if isinstance(task, Task) else task for task in read]

    def _work_off(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            attempt(self._expire, task)
        list(self._fetchers.map(lambda task: attempt(self._fetch, task), still_open(tasks)))
        self._predict(still_open(tasks))
        list(self._fetchers.map(lambda task: attempt(self._keep, task), still_open(tasks)))
        for task in still_open(tasks):
            attempt(self._publish, task)
        for task in tasks:
            _count(task)

    def _expire(self, task: Task) -> None:
        age = self._clock() - task.job.captured_at
        if self._clock() <= task.job.expires_at:
            return
        self._broker.publish(messages.SHOTS, messages.encode(_shot(task.job, Outcome.EXPIRED)))
        if task.job.blur_faces:
            self._veil.drop_original(task.job)  # nobody will ever know where its faces are
        task.outcome = Outcome.EXPIRED
        log.info("job.expired", **_ids(task.job), age_seconds=round(age.total_seconds(), 2))

    def _fetch(self, task: Task) -> None:
        try:
            task.picture = self._store.get(task.job.image_key)
        except NotFound:
            if not task.job.blur_faces or not self._veil.is_settled(task.job):
                raise
            task.outcome = Outcome.PREDICTED  # before a crash: only the ack was missing
            log.info("job.predicted_before", **_ids(task.job))

    def _predict(self, tasks: Sequence[Task]) -> None:
        """Ask for all pictures at once; an error of the call is no fault of any job, so all are tried again."""
        if not tasks:
            return
        try:
            options = replace(self._options, names=tuple(task.job.snapshot_id for task in tasks))
            results = self._detector.predict([task.picture for task in tasks], options=options)
        except TransientError as exc:
            for task in tasks:
                task.error = exc
            return
        except PermanentError as exc:  # such as a variant that this model API does not have
            for task in tasks:
                task.error = Unavailable(f"the models refuse to work: {exc}")
            return
        for task, result in zip(tasks, results, strict=True):
            task.result = result
            if result.error is not None:
                task.error = UnreadableImage(f"{task.job.image_key}: {result.error}")

    def _keep(self, task: Task) -> None:
        """Store what may stay of the picture, where that is not the picture itself."""
        if task.result is None:
            raise Unavailable("the models gave no answer")
        is_veiled = task.job.blur_faces
        task.image_key = self._veil.put(task.job, task.picture, task.result.faces) if is_veiled else task.job.image_key

    def _publish(self, task: Task) -> None:
        if task.result is None:
            raise Unavailable("the models gave no answer")
        if self._notes is not None:  # before anybody could ask for them
            self._notes.leave(task.job.snapshot_id, task.result.appearances)
        prediction = self._prediction(task, task.result)
        self._broker.publish(messages.PREDICTIONS, messages.encode(prediction))
        if task.job.blur_faces:
            self._veil.drop_original(task.job)
        task.outcome = Outcome.PREDICTED
        age = (prediction.predicted_at - prediction.captured_at).total_seconds()
        metrics.SNAPSHOT_AGE.observe(max(0.0, age))
        for face in prediction.faces:
            metrics.PREDICTIONS.labels(face.label.value).inc()
        log.info("job.predicted", **_ids(task.job), faces=len(prediction.faces), age_seconds=round(age, 2))

    def _prediction(self, task: Task, result: PictureResult) -> Prediction:
        job = task.job
        return Prediction(
            snapshot_id=job.snapshot_id,
            camera_id=job.camera_id,
            scheduled_at=job.scheduled_at,
            captured_at=job.captured_at,
            predicted_at=self._clock(),
            image_key=task.image_key,
            width=result.width,
            height=result.height,
            faces=result.faces,
            model=result.model,
            timings_ms=result.timings_ms,
        )

    def _on_rejected(self, body: bytes, error: Exception) -> None:
        """Count the shot as lost for good before its job goes to the dead letters."""
        try:
            job = messages.decode(Job, body)
        except MalformedMessage:
            log.error("job.unreadable", error=str(error))  # it names no shot
            return
        reason = str(getattr(error, "code", type(error).__name__))
        self._broker.publish(messages.SHOTS, messages.encode(_shot(job, Outcome.DEAD_LETTERED, reason=reason)))
        metrics.JOBS.labels(Outcome.DEAD_LETTERED.value).inc()
        log.error("job.dead_lettered", **_ids(job), reason=reason, error=str(error))


def _read(body: bytes) -> Task | MalformedMessage:
    try:
        return Task(body=body, job=messages.decode(Job, body))
    except MalformedMessage as exc:
        return exc


def _count(task: Task) -> None:
    if task.outcome is not None:
        metrics.JOBS.labels(task.outcome.value).inc()
    elif not isinstance(task.error, PermanentError):  # those are counted when they are rejected
        metrics.JOBS.labels("retried").inc()
        log.info("job.retried", **_ids(task.job), error=str(task.error))


def _shot(job: Job, outcome: Outcome, *, reason: str = "") -> Shot:
    return Shot(
        id=job.snapshot_id,
        camera_id=job.camera_id,
        scheduled_at=job.scheduled_at,
        outcome=outcome,
        reason=reason,
        captured_at=job.captured_at,
        image_key=job.image_key,
        width=job.width,
        height=job.height,
    )


def _ids(job: Job) -> dict[str, str]:
    return {"snapshot_id": job.snapshot_id, "camera_id": job.camera_id}
