"""Two analyzers on real servers share the work; both are killed again and again, and the history is the same."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from analyzer_process import AnalyzerProcess
from passers_by import busy_place, pictures
from real_servers import Services
from told_history import furnish, read, undisturbed, untold

from analyzer.accounting import predicted_shot
from common.adapters.open import open_broker, open_repository
from common.domain.prediction import Prediction
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.messages import PREDICTIONS, SHOTS, encode
from common.ports.broker import Broker
from common.ports.repository import Repository

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 120.0
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CAMERAS = ("door", "till", "yard")
SECONDS, INTERVAL = 400.0, 2.0
KILLS = 4


@pytest.fixture
def repository(fresh_services: Services) -> Iterator[Repository]:
    opened = open_repository(fresh_services.postgres_url)
    furnish(opened, CAMERAS, at=START)
    yield opened
    opened.close()


@contextmanager
def replicas(folder: Path, services: Services) -> Iterator[list[AnalyzerProcess]]:
    """Two that run."""
    both = [AnalyzerProcess(name, folder=folder, settings=services.environment) for name in ("first", "second")]
    try:
        for each in both:
            each.start()
        yield both
    finally:
        for each in both:
            each.stop()


def count_predicted(repository: Repository) -> int:
    with repository.begin() as unit:
        return sum(row.shots.get(Outcome.PREDICTED, 0) for row in unit.statistics.query(by=Grouping.CAMERA))


def wait_until(repository: Repository, *, predicted: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while count_predicted(repository) < predicted:
        assert time.monotonic() < deadline, f"{count_predicted(repository)} of {predicted} predictions were taken"
        time.sleep(0.02)


def out_of_order(predictions: Sequence[Prediction]) -> list[Prediction]:
    """As several processors publish: each up to 20 s late, some of them twice."""
    chance = random.Random(5)
    told = [*predictions, *chance.sample(predictions, len(predictions) // 10)]
    return sorted(told, key=lambda each: each.captured_at + timedelta(seconds=chance.uniform(0, 20)))


def publish(broker: Broker, predictions: Sequence[Prediction]) -> None:
    for each in predictions:
        broker.publish(SHOTS, encode(replace(predicted_shot(each), outcome=Outcome.TAKEN)))
        broker.publish(PREDICTIONS, encode(each))


def test_killed_replicas_tell_the_history_of_one_that_was_never_disturbed(
    repository: Repository, fresh_services: Services, tmp_path: Path
) -> None:
    places = [busy_place(camera_id, seconds=SECONDS - 100, people=15, seed=3) for camera_id in CAMERAS]
    predictions = pictures(places, start=START, seconds=SECONDS, interval=INTERVAL)
    broker = open_broker(fresh_services.amqp_url)
    with replicas(tmp_path, fresh_services) as both:
        parts = divided(out_of_order(predictions), KILLS + 1)
        publish(broker, parts[0])
        for part, replica in zip(parts[1:], cycle(both), strict=False):
            before = count_predicted(repository)
            publish(broker, part)
            wait_until(repository, predicted=before + 1)
            replica.kill()  # in the midst of it
            replica.start()
        wait_until(repository, predicted=len(predictions))
    broker.close()
    alone = open_repository(f"sqlite:///{tmp_path}/alone.db")
    furnish(alone, CAMERAS, at=START)
    expected = undisturbed(alone, predictions)
    alone.close()
    assert read(repository) == expected
    assert len(expected.events) > 10
    assert untold(repository) == set()


def divided(predictions: Sequence[Prediction], parts: int) -> list[Sequence[Prediction]]:
    size = -(-len(predictions) // parts)
    return [predictions[first : first + size] for first in range(0, len(predictions), size)]
