"""How long the oldest job waits, where the broker cannot tell."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from analyzer.waiting import show_ages
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot
from common.ports.broker import QueueState
from common.ports.repository import Repository
from common.runtime.backlog import with_age

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
JOBS = QueueState(queue="jobs", ready=3, unacked=0, dead=0, oldest_age_seconds=None)


@pytest.fixture
def waiting(repository: Repository) -> Repository:
    """A picture that was taken 45 s ago waits; others were predicted, or are of a camera that is switched off."""
    with repository.begin() as unit:
        for name, enabled in (("door", True), ("off", False)):
            unit.cameras.add(Camera(id=name, name=name, url="rtsp://h/s", enabled=enabled, created_at=NOW))
        for number, (camera_id, age, outcome) in enumerate(
            (("door", 60, Outcome.PREDICTED), ("door", 45, Outcome.TAKEN), ("door", 5, Outcome.TAKEN),
             ("off", 50, Outcome.TAKEN))
        ):  # fmt: skip
            at = NOW - timedelta(seconds=age)
            unit.shots.record(Shot(id=f"s{number}", camera_id=camera_id, scheduled_at=at, outcome=outcome))
    return repository


@pytest.mark.parametrize(
    ("state", "age"),
    [
        (JOBS, 45),
        (replace(JOBS, oldest_age_seconds=7), 7),
        (replace(JOBS, ready=0), None),
        (replace(JOBS, queue="shots"), None),
    ],
)
def test_the_age_of_the_oldest_job(waiting: Repository, state: QueueState, age: float | None) -> None:
    with waiting.begin() as unit:
        assert with_age(state, unit, now=NOW).oldest_age_seconds == age


def test_the_metric_is_0_where_nothing_waits_and_nan_where_nobody_knows(waiting: Repository) -> None:
    queues = [JOBS, replace(JOBS, queue="predictions", ready=0), replace(JOBS, queue="shots")]
    with waiting.begin() as unit:
        show_ages(unit, queues, now=NOW)
    jobs, predictions, shots = (
        REGISTRY.get_sample_value("maskwatch_queue_oldest_age_seconds", {"queue": queue.queue}) for queue in queues
    )
    assert (jobs, predictions) == (45, 0)
    assert shots is not None
    assert math.isnan(shots)
