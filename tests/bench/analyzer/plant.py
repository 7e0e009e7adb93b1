"""Servers, a database with busy cameras, and analyzers to run on them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer_process import AnalyzerProcess
from passers_by import PREDICTED_LATER, Place, busy_place
from real_servers import own_database, own_redis_number, own_virtual_host
from told_history import furnish

from analyzer.accounting import predicted_shot
from common.adapters.open import open_broker, open_repository
from common.domain.prediction import Prediction
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.messages import PREDICTIONS, SHOTS, encode
from common.ports.broker import Broker
from common.ports.repository import Repository
from maskwatch.keys import new_key

PER_MINUTE = 10_000
CAMERAS, INTERVAL = 500, 3.0  # seconds: PER_MINUTE in all
PEOPLE_A_MINUTE = 2  # before one camera
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.2
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Plant:
    """Queues and a database of their own, and the settings of those who use them."""

    broker: Broker
    repository: Repository
    folder: Path
    settings: Mapping[str, str]

    @contextmanager
    def replicas(self, *names: str) -> Iterator[list[AnalyzerProcess]]:
        """Analyzers of these names, not started yet; stopped at the end."""
        made = [AnalyzerProcess(name, folder=self.folder, settings=self.settings) for name in names]
        try:
            yield made
        finally:
            for each in made:
                each.stop()

    def predicted(self) -> int:
        """How many predictions were taken so far."""
        with self.repository.begin() as unit:
            rows = unit.statistics.query(by=Grouping.HOUR)
        return sum(row.shots.get(Outcome.PREDICTED, 0) for row in rows)

    def wait_until(self, *, predicted: int) -> None:
        """Raises TimeoutError when it takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.predicted() < predicted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.predicted()} of {predicted} predictions were taken")
            time.sleep(LOOK_SECONDS)


@contextmanager
def plant(status: Mapping[str, str]) -> Iterator[Plant]:
    """Empty queues, and a database with CAMERAS cameras and two rules."""
    servers = dict(status)
    with (
        own_virtual_host(servers) as amqp_url,
        own_database(servers) as database_url,
        own_redis_number(servers) as redis_url,
        TemporaryDirectory() as folder,
    ):
        broker, repository = open_broker(amqp_url), open_repository(database_url)
        settings = {
            "MASKWATCH_BROKER": amqp_url,
            "MASKWATCH_DATABASE": database_url,
            "MASKWATCH_COORDINATION": redis_url,
            "MASKWATCH_ENCRYPTION_KEY": new_key(),
        }
        try:
            furnish(repository, camera_ids(), at=BEGINNING)
            yield Plant(broker=broker, repository=repository, folder=Path(folder), settings=settings)
        finally:
            broker.close()
            repository.close()


def camera_ids() -> list[str]:
    """Of all cameras."""
    return [f"camera-{number:04}" for number in range(CAMERAS)]


def busy_places(seconds: float) -> list[Place]:
    """All cameras, each with its people; the last half minute shows nobody, so that all events end."""
    people = max(1, round(PEOPLE_A_MINUTE * seconds / 60))
    return [
        busy_place(camera_id, seconds=max(1.0, seconds - 60), people=people, seed=1, stay=(6, 30))
        for camera_id in camera_ids()
    ]


def publish(broker: Broker, prediction: Prediction) -> None:
    """As grabber and processor do: the shot that was taken, then what was predicted of it."""
    broker.publish(SHOTS, encode(replace(predicted_shot(prediction), outcome=Outcome.TAKEN)))
    broker.publish(PREDICTIONS, encode(prediction))


class Publisher:
    """Publishes predictions when they are made, by the clock on the wall, from a few threads.

    A machine that is too busy publishes some later; `sent` tells when, by camera and time of capture.
    """

    def __init__(self, broker: Broker, predictions: Sequence[Prediction], *, threads: int = 4) -> None:
        self._broker = broker
        self.sent: dict[tuple[str, datetime], datetime] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(predictions[number::threads],), daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin; the predictions' times lie ahead."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all are published."""
        for thread in self._threads:
            thread.join()

    def _run(self, predictions: Sequence[Prediction]) -> None:
        for each in predictions:
            time.sleep(max(0.0, (each.predicted_at - datetime.now(UTC)).total_seconds()))
            self.sent[each.camera_id, each.captured_at] = datetime.now(UTC)
            publish(self._broker, each)


def soon() -> datetime:
    """When pictures may begin that are published as they are made; no camera's slots share a millisecond."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2) - PREDICTED_LATER
