"""Jobs in, predictions out, on the real embedded broker and store; the models are scripted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from common import messages
from common.adapters.brokers.sqlite import SqliteBroker
from common.adapters.coordination.memory import MemoryCoordination
from common.adapters.stores.folder import FolderStore
from common.appearances import recall
from common.domain.job import Job
from common.domain.prediction import Face, Label, PictureResult, Prediction
from common.domain.shot import Outcome, Shot
from common.errors import InvalidInput, Overloaded, Unavailable
from common.ports.detector import DetectOptions, Tiles
from processor.appearances import Notes
from processor.service import ProcessorService

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0  # for what must happen; a loaded machine is slow
GOOD, POISON = b"good", b"poison"
LOOKS = bytes(range(32))
Kind = TypeVar("Kind", Job, Prediction, Shot)

FACE = Face(
    box=(10, 10, 50, 60),
    score=0.9,
    landmarks=((20, 25), (40, 25), (30, 35), (22, 48), (38, 48)),
    label=Label.NO_MASK,
    probabilities={"no_mask": 0.9, "mask_incorrect": 0.05, "mask_correct": 0.05},
    uncovered=("NOSE", "MOUTH", "CHIN"),
)


@dataclass
class ScriptedDetector:
    """Finds one face in every good picture, after it has raised what the script says."""

    script: list[Exception] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    looks: set[tuple[str, Tiles]] = field(default_factory=set)  # variant, tiles

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        self.batches.append(len(pictures))
        asked = options or DetectOptions()
        self.looks.add((asked.variant, asked.tiles))
        if self.script:
            raise self.script.pop(0)
        return [_answer(picture, appearance=asked.appearance) for picture in pictures]

    def check(self) -> None:
        """It is always ready."""

    def close(self) -> None:
        """It holds nothing."""


def _answer(picture: bytes, *, appearance: bool) -> PictureResult:
    if picture == POISON:
        return PictureResult(error="this is no JPEG, PNG or WebP picture")
    return PictureResult(
        width=640,
        height=480,
        model={"detector": "d@1", "fit": None},
        faces=(FACE,),
        appearances=(LOOKS,) if appearance else (),
    )


def _job(number: int) -> Job:
    at = NOW + timedelta(seconds=number)
    return Job(
        snapshot_id=f"cam-{number}",
        camera_id="cam",
        scheduled_at=at,
        captured_at=at,
        expires_at=NOW + timedelta(minutes=1),
        image_key=f"snapshots/cam/{number}.jpg",
        width=640,
        height=480,
    )


class Bench:
    """A processor between a broker and a store in a folder."""

    def __init__(self, folder: Path) -> None:
        self.broker = SqliteBroker(folder / "queue.db")
        self.store = FolderStore(folder / "pictures")
        self.detector = ScriptedDetector()
        self.now = NOW + timedelta(seconds=2)
        self.notes: Notes | None = None

    def queue(self, job: Job, picture: bytes | None = GOOD) -> None:
        if picture is not None:
            self.store.put(job.image_key, picture)
        self.broker.publish(messages.JOBS, messages.encode(job))

    @contextmanager
    def running(self) -> Iterator[None]:
        service = ProcessorService(
            broker=self.broker,
            store=self.store,
            detector=self.detector,
            clock=lambda: self.now,
            batch=4,
            variant="lite",
            tiles="auto",
            notes=self.notes,
        )
        stop = threading.Event()
        thread = threading.Thread(target=service.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def take(self, kind: type[Kind], queue: str, count: int) -> list[Kind]:
        """The next messages of a queue, settled; fails when they do not come."""
        subscription, found = self.broker.subscribe(queue, prefetch=count), []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(found) < count and time.monotonic() < deadline:
            delivery = subscription.receive(0.2)
            if delivery is not None:
                found.append(messages.decode(kind, delivery.body))
                delivery.ack()
        subscription.close()
        assert len(found) == count
        return found

    def drained(self) -> None:
        """Wait until every job is settled."""
        _eventually(lambda: not (state := self.broker.state(messages.JOBS)).ready and not state.unacked)


def _eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.broker.close()
    made.store.close()


def test_every_job_becomes_one_prediction(bench: Bench) -> None:
    for number in range(10):
        bench.queue(_job(number))
    with bench.running():
        predictions = bench.take(Prediction, messages.PREDICTIONS, 10)
        bench.drained()
    assert sorted(prediction.snapshot_id for prediction in predictions) == sorted(f"cam-{n}" for n in range(10))
    first = next(prediction for prediction in predictions if prediction.snapshot_id == "cam-0")
    assert first.faces == (FACE,)
    assert (first.captured_at, first.predicted_at) == (NOW, bench.now)
    assert (first.width, first.height, first.model) == (640, 480, {"detector": "d@1", "fit": None})
    assert max(bench.detector.batches) == 4
    assert bench.detector.looks == {("lite", "auto")}


@pytest.mark.parametrize(
    "outage",
    [
        pytest.param(Unavailable("away"), id="the model API is away"),
        pytest.param(Overloaded("busy", retry_after_seconds=0.1), id="it is overloaded"),
        pytest.param(InvalidInput("unknown variant"), id="it refuses the variant"),
    ],
)
def test_jobs_outlive_an_outage_of_the_models(bench: Bench, outage: Exception) -> None:
    bench.detector.script = [outage]
    for number in range(3):
        bench.queue(_job(number))
    with bench.running():
        predictions = bench.take(Prediction, messages.PREDICTIONS, 3)
        bench.drained()
    assert {prediction.snapshot_id for prediction in predictions} == {"cam-0", "cam-1", "cam-2"}
    assert bench.broker.state(messages.JOBS).dead == 0


def test_a_late_job_is_counted_as_expired_and_not_predicted(bench: Bench) -> None:
    bench.now = NOW + timedelta(minutes=2)
    bench.queue(_job(0))
    with bench.running():
        (shot,) = bench.take(Shot, messages.SHOTS, 1)
        bench.drained()
    assert (shot.id, shot.outcome, shot.image_key) == ("cam-0", Outcome.EXPIRED, _job(0).image_key)
    assert bench.detector.batches == []
    assert bench.broker.state(messages.JOBS).dead == 0


@pytest.mark.parametrize(
    ("picture", "reason"),
    [pytest.param(POISON, "unreadable_image", id="broken"), pytest.param(None, "not_found", id="missing")],
)
def test_a_bad_picture_goes_to_the_dead_letters_alone(bench: Bench, picture: bytes | None, reason: str) -> None:
    bench.queue(_job(0))
    bench.queue(_job(1), picture)
    bench.queue(_job(2))
    with bench.running():
        predictions = bench.take(Prediction, messages.PREDICTIONS, 2)
        (shot,) = bench.take(Shot, messages.SHOTS, 1)
        bench.drained()
    assert {prediction.snapshot_id for prediction in predictions} == {"cam-0", "cam-2"}
    assert (shot.id, shot.outcome, shot.reason) == ("cam-1", Outcome.DEAD_LETTERED, reason)
    (letter,) = bench.broker.dead_letters(messages.JOBS)
    assert messages.decode(Job, letter.body) == _job(1)
    assert letter.reason.startswith(f"{reason}: ")


def test_a_message_that_is_no_job_is_set_aside(bench: Bench) -> None:
    bench.broker.publish(messages.JOBS, b'{"type": "job", "version": 99, "body": {}}')
    bench.queue(_job(0))
    with bench.running():
        bench.take(Prediction, messages.PREDICTIONS, 1)
        bench.drained()
    (letter,) = bench.broker.dead_letters(messages.JOBS)
    assert "version 99" in letter.reason


def test_a_job_delivered_twice_gives_predictions_of_the_same_snapshot(bench: Bench) -> None:
    bench.queue(_job(0))
    bench.queue(_job(0))
    with bench.running():
        first, second = bench.take(Prediction, messages.PREDICTIONS, 2)
        bench.drained()
    assert replace(first, timings_ms={}) == replace(second, timings_ms={})


def test_a_replayed_dead_letter_is_predicted_once_its_picture_is_there(bench: Bench) -> None:
    bench.queue(_job(0), None)
    with bench.running():
        bench.take(Shot, messages.SHOTS, 1)
        bench.drained()
        bench.store.put(_job(0).image_key, GOOD)
        assert bench.broker.replay(messages.JOBS) == 1
        (prediction,) = bench.take(Prediction, messages.PREDICTIONS, 1)
    assert prediction.snapshot_id == "cam-0"


def test_it_is_ready_when_broker_store_and_models_are(bench: Bench) -> None:
    service = ProcessorService(broker=bench.broker, store=bench.store, detector=bench.detector)
    for check in service.checks.values():
        check()
    assert set(service.checks) == {"broker", "store", "models"}


class AwayCoordination(MemoryCoordination):
    """Cannot be reached."""

    def put(self, key: str, value: bytes, *, ttl: float) -> None:
        raise Unavailable("away")


def test_how_people_look_is_left_for_the_analyzer_and_in_no_message(bench: Bench) -> None:
    coordination = MemoryCoordination()
    bench.notes = Notes(coordination)
    bench.queue(_job(1))
    with bench.running():
        (prediction,) = bench.take(Prediction, messages.PREDICTIONS, 1)
    assert recall(coordination, {"cam-1", "cam-2"}) == {"cam-1": (LOOKS,)}
    assert b"appearance" not in messages.encode(prediction)


def test_where_nobody_can_keep_it_predictions_go_on(bench: Bench) -> None:
    bench.notes = Notes(AwayCoordination())
    bench.queue(_job(1))
    with bench.running():
        bench.take(Prediction, messages.PREDICTIONS, 1)
        bench.drained()
