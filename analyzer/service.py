"""The analyzer: predictions and shot outcomes in; statistics, people, events and alerts out."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from analyzer.accounting import record_shots
from analyzer.batches import Batches
from analyzer.changes import EventChange, Notice, nobody_told
from analyzer.evaluation import Recall, nothing_recalled, record_predictions
from analyzer.sweep import end_stale_events, resolve_orphans, seen_until
from analyzer.telling import OnAlert, count_firing, set_firing, tell, tell_orphans
from analyzer.troubles import look_for_trouble
from analyzer.waiting import show_ages
from common.domain.prediction import Prediction
from common.domain.shot import Shot
from common.errors import Conflict, TransientError
from common.messages import JOBS, PREDICTIONS, QUEUES, SHOTS
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.runtime.health import Check
from common.runtime.load import LoadMeter
from common.runtime.service import Group, Run
from common.runtime.worker import Handle, Worker

log = structlog.get_logger(__name__)

BATCH = 64  # messages in one transaction: a commit costs as much as looking at a dozen of them
SWEEP_SECONDS = 5.0  # an event of a silent camera ends at most this much too late, if nobody is killed
TICK_SHARE = (
    0.1  # of the time at most goes into what becomes due: where hundreds of alerts are open, pictures come first
)
SWEEP_LEASE = "analyzer-sweep"  # one replica sweeps at a time
LEASE_SECONDS = 20.0  # a killed replica's sweep is taken over after this
JOIN_SECONDS = 15.0  # for what is in hand at the end; below the time that a process has to stop


class Tick(Protocol):
    """Looks, in transactions of its own, at what becomes due as time passes."""

    def __call__(self, repository: Repository, *, now: datetime) -> None: ...


def nothing_due(repository: Repository, *, now: datetime) -> None:
    """Where nobody is told, nothing becomes due."""


class AnalyzerService:
    """Consumes both queues beside any number of replicas: whoever has pictures of a camera holds its history.

    A batch of messages is one transaction, acknowledged after its commit.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        broker: Broker,
        coordination: Coordination,
        replica: str = "analyzer",
        clock: Clock = utc_now,
        recall: Recall = nothing_recalled,
        notice: Notice = nobody_told,
        tick: Tick = nothing_due,
        on_alert: OnAlert | None = None,
        beside: Mapping[str, Run] | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        """`notice` decides, inside the transactions, who is to be told of changes; `tick`, who is as time passes.

        `on_alert` is called after the commit when an alert fires and when it is resolved, once in normal operation;
        after a crash between commit and call, not at all. What is `beside` runs as long as this does.
        """
        self._repository = repository
        self._broker = broker
        self._coordination = coordination
        self._replica = replica
        self._clock = clock
        self._recall = recall
        self._notice = notice
        self._tick = tick
        self._on_alert = on_alert
        self._beside = dict(beside or {})
        self._sweep_seconds = sweep_seconds
        self._next_tick = 0.0  # not before this, by time.monotonic()
        self._newest_captured: datetime | None = None  # of the predictions taken by this replica
        self.load = LoadMeter()  # in predictions
        self._telling = threading.Lock()  # what is committed first is told first

    @property
    def checks(self) -> Mapping[str, Check]:
        """What must work for the service to be ready."""
        return {"broker": self._broker.check, "database": self._repository.check}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is in hand is finished first."""
        group = Group(
            {
                "analyzer-predictions": self._consume_predictions,
                "analyzer-shots": self._consume_shots,
                "analyzer-sweep": self._sweep_until,
                **self._beside,
            }
        )
        group.start()
        while not stop.wait(0.1) and not group.stopping.is_set():
            pass
        try:
            group.stop(timeout=JOIN_SECONDS)
        finally:
            self._give_up_sweep()

    def take_predictions(self, predictions: Sequence[Prediction]) -> None:
        """Evaluate predictions in one transaction, and tell what came of them."""
        with self.load.working(len(predictions)) as finish, self._telling:
            with self._repository.begin() as unit:
                now = self._clock()
                changes = record_predictions(unit, predictions, now=now, recall=self._recall, notice=self._notice)
                firing = count_firing(unit) if changes else None
            self._tell(changes, firing)
            newest = max(prediction.captured_at for prediction in predictions)
            self._newest_captured = max(newest, self._newest_captured or newest)
            finish(len(predictions))

    def take_shots(self, shots: Sequence[Shot]) -> None:
        """Record what became of shots in one transaction."""
        with self._repository.begin() as unit:
            record_shots(unit, shots)

    def sweep(self) -> None:
        """End the events that no picture will end, and look for trouble, unless another replica does."""
        if self._coordination.acquire(SWEEP_LEASE, self._replica, ttl=LEASE_SECONDS) is None:
            return
        queues = [self._broker.state(queue) for queue in QUEUES]
        now = self._clock()
        until = seen_until(now, [each for each in queues if each.queue in (JOBS, PREDICTIONS)], self._newest_captured)
        with self._telling:
            # A unit each: one would take rows in an order that no batch keeps to, and both might wait for each other.
            with self._repository.begin() as unit:
                changes = end_stale_events(unit, seen_until=until, now=now, notice=self._notice)
            self._tell(changes, None)
            with self._repository.begin() as unit:
                changes = look_for_trouble(unit, self._coordination, now=now, notice=self._notice)
            self._tell(changes, None)
            with self._repository.begin() as unit:
                orphans = resolve_orphans(unit, now)
            tell_orphans(orphans)
        self._look_what_is_due(now)
        with self._telling:
            with self._repository.begin() as unit:
                show_ages(unit, queues, now=now)
                firing = count_firing(unit)
            self._tell((), firing)

    def _look_what_is_due(self, now: datetime) -> None:
        """Nothing is told here, so that pictures need not wait for it; they share the processor with it, though."""
        began = time.monotonic()
        if began >= self._next_tick:
            self._tick(self._repository, now=now)
            ended = time.monotonic()
            self._next_tick = ended + (ended - began) * (1 / TICK_SHARE - 1)

    def _give_up_sweep(self) -> None:
        try:
            self._coordination.release(SWEEP_LEASE, self._replica)
        except TransientError:
            log.info("sweep.left_to_lapse")

    def _tell(self, changes: Sequence[EventChange], firing: int | None) -> None:
        if firing is not None:
            set_firing(firing)
        tell(changes, self._on_alert)

    def _consume_predictions(self, stop: threading.Event) -> None:
        batches = Batches(kind=Prediction, take=self.take_predictions, stop=stop)
        self._consume(PREDICTIONS, batches.answers, stop)

    def _consume_shots(self, stop: threading.Event) -> None:
        batches = Batches(kind=Shot, take=self.take_shots, stop=stop)
        self._consume(SHOTS, batches.answers, stop)

    def _consume(self, queue: str, handle: Handle, stop: threading.Event) -> None:
        Worker(broker=self._broker, queue=queue, handle=handle, batch=BATCH).run(stop)

    def _sweep_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.sweep()
            except (TransientError, Conflict) as exc:  # a conflict: another that lost the lease swept at the same time
                log.warning("sweep.postponed", error=str(exc))
            except Exception:
                log.exception("sweep.failed")  # pictures must be looked at without it
            stop.wait(self._sweep_seconds)
