"""The analyzer: predictions and shot outcomes in; statistics, events and alerts out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from analyzer.accounting import count_shot
from analyzer.evaluation import record_prediction
from analyzer.patience import patiently
from analyzer.sweep import end_stale_events, resolve_orphans, seen_until
from analyzer.telling import OnAlert, count_firing, set_firing, tell, tell_orphans
from common.domain.prediction import Prediction
from common.domain.shot import Shot
from common.errors import TransientError
from common.messages import JOBS, PREDICTIONS, SHOTS, decode
from common.ports.broker import Broker
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.repository import Repository
from common.runtime.health import Check
from common.runtime.load import LoadMeter
from common.runtime.service import Group, Run
from common.runtime.worker import Worker

log = structlog.get_logger(__name__)

BATCH = 4  # each still has a transaction of its own; what is prefetched beyond it comes back late when we stop
SWEEP_SECONDS = 5.0  # an event of a silent camera ends at most this much too late
JOIN_SECONDS = 15.0  # for what is in hand at the end; below the time that a process has to stop

Take = Callable[[bytes], None]  # one message, in one transaction


class AnalyzerService:
    """Consumes both queues, each with one active consumer among all replicas: pictures are judged in their order.

    Every message is one transaction, acknowledged after its commit. While the database is away the message in hand
    waits here rather than in the broker: coming back later it would have been overtaken by newer pictures.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        broker: Broker,
        clock: Clock = utc_now,
        new_id: NewId = new_id,
        on_alert: OnAlert | None = None,
        upkeep: Run | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        """`on_alert` is called after the commit when an alert fires and when it is resolved, once in normal
        operation; after a crash between commit and call, not at all. `upkeep` runs beside, as long as this does."""
        self._repository = repository
        self._broker = broker
        self._clock = clock
        self._new_id = new_id
        self._on_alert = on_alert
        self._upkeep = upkeep
        self._sweep_seconds = sweep_seconds
        self._newest_captured: datetime | None = None  # of the predictions taken by this replica
        self.load = LoadMeter()  # in predictions
        self._events = threading.Lock()  # the sweep and the predictions move the same events

    @property
    def checks(self) -> Mapping[str, Check]:
        """What must work for the service to be ready."""
        return {"broker": self._broker.check, "database": self._repository.check}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is in hand is finished first."""
        runs: dict[str, Run] = {
            "analyzer-predictions": partial(self._consume, PREDICTIONS, self._take_prediction),
            "analyzer-shots": partial(self._consume, SHOTS, self._take_shot),
            "analyzer-sweep": self._sweep_until,
        }
        group = Group(runs if self._upkeep is None else {**runs, "analyzer-upkeep": self._upkeep})
        group.start()
        while not stop.wait(0.1) and not group.stopping.is_set():
            pass
        group.stop(timeout=JOIN_SECONDS)

    def sweep(self) -> None:
        """End the events that no picture will end."""
        queues = [self._broker.state(queue) for queue in (JOBS, PREDICTIONS)]
        now = self._clock()
        until = seen_until(now, queues, self._newest_captured)
        with self._events:
            with self._repository.begin() as unit:
                changes = end_stale_events(unit, seen_until=until)
                orphans = resolve_orphans(unit, now)
                firing = count_firing(unit)
            set_firing(firing)
            tell(changes, self._on_alert)
            tell_orphans(orphans)

    def _consume(self, queue: str, take: Take, stop: threading.Event) -> None:
        handle = partial(_answers, take=take, stop=stop)
        Worker(broker=self._broker, queue=queue, handle=handle, batch=BATCH, exclusive=True).run(stop)

    def _take_shot(self, body: bytes) -> None:
        shot = decode(Shot, body)
        with self._repository.begin() as unit:
            count_shot(unit, shot)

    def _take_prediction(self, body: bytes) -> None:
        with self.load.working(1) as finish:
            self._evaluate(decode(Prediction, body))
            finish(1)

    def _evaluate(self, prediction: Prediction) -> None:
        with self._events:
            with self._repository.begin() as unit:
                changes = record_prediction(unit, prediction, new_id=self._new_id)
                firing = count_firing(unit) if changes else None
            if firing is not None:
                set_firing(firing)
            tell(changes, self._on_alert)
            self._newest_captured = max(prediction.captured_at, self._newest_captured or prediction.captured_at)

    def _sweep_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.sweep()
            except TransientError as exc:
                log.warning("sweep.postponed", error=str(exc))
            stop.wait(self._sweep_seconds)


def _answers(bodies: Sequence[bytes], *, take: Take, stop: threading.Event) -> list[Exception | None]:
    return [_answer(body, take, stop) for body in bodies]


def _answer(body: bytes, take: Take, stop: threading.Event) -> Exception | None:
    try:
        patiently(partial(take, body), stop)
    except Exception as exc:  # noqa: BLE001  # one message's surprise must not be its neighbours' answer
        return exc
    return None
