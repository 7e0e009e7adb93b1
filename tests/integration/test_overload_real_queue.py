"""More cameras than the models can look at, on RabbitMQ and Redis: intervals stretch, nothing expires, all adds up."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from analyzer.service import AnalyzerService
from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.domain.camera import Camera
from common.domain.prediction import PictureResult
from common.domain.shot import Outcome, Shot
from common.messages import QUEUES
from common.ports.clock import utc_now
from common.ports.detector import DetectOptions
from common.runtime.service import Group, Run
from console.headroom import read_pace
from grabber.picture import Picture
from grabber.service import GrabberService
from grabber.slots import due_slots
from grabber.sources.source import Reading, Source
from maskwatch.heartbeat import heartbeat
from processor.service import ProcessorService

FRESHNESS_SECONDS = 12.0
PICTURES_PER_SECOND = 8.0
CAMERAS = 12  # at 2 shots a second each: three times too many
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.services


class Still:
    """A camera that always has a picture."""

    codec, fps, keyframe_interval_seconds = "mjpeg", None, None

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        if stop.wait(max(0.0, (due - utc_now()).total_seconds())):
            return None
        now = utc_now()
        return Picture(
            jpeg=b"jpeg", width=4, height=3, captured_at=now, fingerprint=str(now).encode(), brightness=100, contrast=40
        )

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_still(_camera: Camera, _reading: Reading) -> Source:
    return Still()


class SlowDetector:
    """Looks at so many pictures a second and no more."""

    def __init__(self) -> None:
        self.rate = PICTURES_PER_SECOND

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        time.sleep(len(pictures) / self.rate)
        return [PictureResult(width=4, height=3) for _ in pictures]

    def check(self) -> None: ...
    def close(self) -> None: ...


@dataclass
class Installation:
    """Two grabbers, a processor with a slow detector and an analyzer, on real servers."""

    amqp_url: str
    redis_url: str
    folder: Path
    detector: SlowDetector = field(default_factory=SlowDetector)

    def __post_init__(self) -> None:
        self.repository = open_repository(f"sqlite:///{self.folder}/maskwatch.db")
        self.repository.upgrade()
        self.coordination = open_coordination(self.redis_url)
        self.broker = open_broker(self.amqp_url)
        self.store = open_store(f"file://{self.folder}/pictures")
        self.grabbing, self.working = Group(self._grabbers()), Group(self._workers())

    def _grabbers(self) -> dict[str, Run]:
        return {
            name: GrabberService(
                repository=self.repository, store=self.store, broker=self.broker, coordination=self.coordination,
                replica=name, spool_dir=self.folder / "spool", freshness_seconds=FRESHNESS_SECONDS,
                open_source=open_still,
            ).run
            for name in ("g1", "g2")
        }  # fmt: skip

    def _workers(self) -> dict[str, Run]:
        processor = ProcessorService(broker=self.broker, store=self.store, detector=self.detector, batch=4)
        analyzer = AnalyzerService(repository=self.repository, broker=self.broker, coordination=self.coordination)
        beat = heartbeat(self.coordination, group="processors", member="p1", meter=processor.load)
        return {"processor": processor.run, "analyzer": analyzer.run, "beat": beat}

    def add_cameras(self) -> None:
        """All alike but one, which has twice the weight of the others."""
        with self.repository.begin() as unit:
            for number in range(CAMERAS):
                unit.cameras.add(
                    Camera(
                        id=f"cam{number}", name=f"Door {number}", url="rtsp://door/", interval_seconds=0.5,
                        weight=2 if number == 0 else 1, created_at=utc_now(),
                    )
                )  # fmt: skip

    def predicted(self) -> int:
        """Pictures looked at so far."""
        return sum(shot.outcome is Outcome.PREDICTED for shot in self.shots())

    def shots(self) -> list[Shot]:
        """All that became of any slot."""
        with self.repository.begin() as unit:
            return unit.shots.list(limit=100_000)

    def stop(self) -> None:
        """The grabbers first; what is queued is finished."""
        self.grabbing.stop(timeout=PATIENCE_SECONDS)
        wait_for(lambda: not any(state.ready + state.unacked for state in map(self.broker.state, QUEUES)))
        self.working.stop(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Close what is open."""
        for port in (self.broker, self.store, self.coordination, self.repository):
            port.close()


def wait_for(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def installation(
    fresh_amqp_url: str, fresh_redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    # Everything five times as fast as it is, the freshness limit above all.
    monkeypatch.setattr("grabber.pacing.PERIOD_SECONDS", 0.5)
    monkeypatch.setattr("maskwatch.heartbeat.EVERY_SECONDS", 0.5)
    monkeypatch.setattr("common.runtime.load.MEMORY_SECONDS", 4.0)
    made = Installation(fresh_amqp_url, fresh_redis_url, tmp_path)
    yield made
    made.close()


def test_under_overload_intervals_stretch_and_every_slot_is_accounted_for(installation: Installation) -> None:
    installation.add_cameras()
    installation.working.start()
    installation.grabbing.start()
    wait_for(lambda: is_stretched(installation))
    begun = utc_now()
    enough = installation.predicted() + 12 * CAMERAS  # fewer are uneven on a busy machine
    wait_for(lambda: installation.predicted() >= enough)
    ended = utc_now()
    installation.detector.rate = 100.0
    wait_for(lambda: not is_stretched(installation))
    installation.stop()
    shots = installation.shots()
    for number in range(CAMERAS):
        assert has_every_slot_once(installation, f"cam{number}", shots)
    outcomes = Counter((shot.outcome, shot.reason) for shot in shots)
    assert {outcome for outcome, _ in outcomes} == {Outcome.PREDICTED, Outcome.SKIPPED}, outcomes  # none expired
    assert outcomes[Outcome.SKIPPED, "overload"] > 100
    assert_fair(Counter(shot.camera_id for shot in shots if is_observed(shot) and begun <= shot.scheduled_at < ended))


def is_stretched(installation: Installation) -> bool:
    pace = read_pace(installation.coordination)
    return pace is not None and pace.level is not None


def is_observed(shot: Shot) -> bool:
    return shot.outcome is Outcome.PREDICTED


def has_every_slot_once(installation: Installation, camera_id: str, shots: list[Shot]) -> bool:
    with installation.repository.begin() as unit:
        camera = unit.cameras.get(camera_id)
    slots = sorted(shot.scheduled_at for shot in shots if shot.camera_id == camera_id)
    return slots == [slots[0], *due_slots(camera, after=slots[0], until=slots[-1])]


def assert_fair(seen: Counter[str]) -> None:
    favourite = seen.pop("cam0")
    assert len(seen) == CAMERAS - 1
    assert max(seen.values()) - min(seen.values()) <= 4
    mean = seen.total() / len(seen)
    assert favourite == pytest.approx(2 * mean, rel=0.35)
