"""Predictions a minute, and how soon an alert follows the prediction that fires it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from passers_by import pictures

from bench.analyzer.plant import (
    BEGINNING,
    CAMERAS,
    INTERVAL,
    PER_MINUTE,
    Plant,
    Publisher,
    busy_places,
    plant,
    publish,
    soon,
)
from bench.timing import percentile
from common.ports.repository import Repository
from maskwatch.benchmarks.report import Figure, at_least, below

HOW = f"one analyzer, {CAMERAS} cameras, a shot and its prediction each; RabbitMQ, PostgreSQL, Redis on this machine"
SETTLED = 0.2  # share of the predictions after which its memory is what it needs
LOOK_SECONDS = 0.05
# Only the last alerts are looked at each time: reading all of them twenty times a second took more of both cores than
# the analyzer did. One that comes later than that is seen at the end, and counts as late as that.
LOOK_BACK = timedelta(seconds=30)
MOST = 10_000


def measure_pace(status: Mapping[str, str], *, predictions: int) -> list[Figure]:
    """All wait in the queue; how long they take, what they cost, and whether the memory grows."""
    seconds = predictions / CAMERAS * INTERVAL
    waiting = pictures(busy_places(seconds), start=BEGINNING, seconds=seconds, interval=INTERVAL)
    with plant(status) as made, made.replicas("alone") as [analyzer]:
        for each in waiting:
            publish(made.broker, each)
        analyzer.start()
        made.wait_until(predicted=1)
        began, spent, first = time.monotonic(), analyzer.cpu_seconds, made.predicted()
        made.wait_until(predicted=round(SETTLED * len(waiting)))
        settled = analyzer.memory_bytes
        made.wait_until(predicted=len(waiting))
        taken, lasted = len(waiting) - first, time.monotonic() - began
        cpu, memory = analyzer.cpu_seconds - spent, analyzer.memory_bytes
    how = f"{HOW}; {len(waiting)} waiting"
    return [
        Figure(name="pace", value=60 * taken / lasted, unit="predictions/min", how=how, goal=at_least(PER_MINUTE)),
        Figure(name="cpu", value=1000 * cpu / taken, unit="ms a prediction", how=f"{how}; the analyzer's"),
        Figure(name="memory", value=memory / 1e6, unit="MB", how=f"{how}; resident at the end"),
        Figure(
            name="memory.growth",
            value=100 * (memory / settled - 1),
            unit="%",
            how=f"{how}; from {SETTLED:.0%} of them to the end",
            goal=below(10),
        ),
    ]


def measure_alerts(status: Mapping[str, str], *, seconds: float) -> list[Figure]:
    """Predictions come as they are made, PER_MINUTE in all; when is an alert there to be seen?"""
    with plant(status) as made, made.replicas("alone") as [analyzer]:
        _warm_up(made)
        analyzer.start()
        made.wait_until(predicted=CAMERAS)
        coming = pictures(busy_places(seconds + 60), start=soon(), seconds=seconds, interval=INTERVAL)
        watch, publisher = AlertWatch(made.repository), Publisher(made.broker, coming)
        spent, began = analyzer.cpu_seconds, time.monotonic()
        publisher.start()
        watch.start()
        publisher.join()
        busy = (analyzer.cpu_seconds - spent) / (time.monotonic() - began)
        made.wait_until(predicted=CAMERAS + len(coming))
        delays = watch.stop(publisher.sent)
    how = f"{HOW}; {PER_MINUTE} predictions/min for {seconds:g} s, {len(delays)} alerts, seen every {LOOK_SECONDS:g} s"
    return [
        Figure(name="alert.p50", value=percentile(delays, 50), unit="s", how=how),
        Figure(name="alert.p95", value=percentile(delays, 95), unit="s", how=how, goal=below(2)),
        Figure(name="alert.cores", value=busy, unit="cores", how=f"{how}; the analyzer's"),
    ]


def _warm_up(made: Plant) -> None:
    """One picture of every camera: their histories begin."""
    for each in pictures(busy_places(60), start=BEGINNING, seconds=INTERVAL, interval=INTERVAL):
        publish(made.broker, each)


class AlertWatch:
    """Notes when each alert is first seen in the database."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._since = datetime.now(UTC)
        self._seen: dict[tuple[str, datetime], datetime] = {}  # by camera and time of the picture that fired it
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, sent: Mapping[tuple[str, datetime], datetime]) -> list[float]:
        """The delays from prediction to alert, in seconds."""
        self._is_over.set()
        self._thread.join()
        self._look(since=self._since)
        return [(seen - sent[picture]).total_seconds() for picture, seen in self._seen.items()]

    def _run(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            self._look(since=max(self._since, datetime.now(UTC) - LOOK_BACK))

    def _look(self, *, since: datetime) -> None:
        with self._repository.begin() as unit:
            alerts = unit.alerts.list(after=since, limit=MOST)
        now = datetime.now(UTC)
        for alert in alerts:
            self._seen.setdefault((alert.camera_id, alert.fired_at), now)
