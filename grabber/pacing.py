"""The pace that all grabbers keep to: one of them finds it, by lease, and all learn it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

import structlog
from pydantic import TypeAdapter, ValidationError

from common.domain.camera import Camera
from common.domain.load import joint_capacity
from common.domain.pace import PACE_KEY, Pace, effective_interval, wanted_rate, water_level
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS
from common.metrics import STRETCH
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.coordination import Coordination
from common.runtime.load import read_loads
from grabber.overload import Decision, Seen, decide

log = structlog.get_logger(__name__)

PERIOD_SECONDS = 3.0
STAGES = ((JOBS, "processors"), (PREDICTIONS, "analyzers"))  # what a picture waits for, and whose work it is
LEASE = "pace"
LEASE_SECONDS = 3 * PERIOD_SECONDS
TTL_SECONDS = (
    60.0  # without anybody who knows better the last pace holds for so long; then cameras keep their intervals
)

_PACE = TypeAdapter(Pace)


class Pacing:
    """One grabber's part of it; `share` may be asked by any thread."""

    def __init__(
        self,
        *,
        coordination: Coordination,
        broker: Broker,
        cameras: Callable[[], Collection[Camera]],
        replica: str,
        freshness_seconds: float,
        clock: Clock = utc_now,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`cameras`: all that anybody watches; `freshness_seconds`: what a job may wait before it expires."""
        self._coordination = coordination
        self._broker = broker
        self._cameras = cameras
        self._replica = replica
        self._freshness = freshness_seconds
        self._clock = clock
        self._now = now
        self._pace: Pace | None = None  # as last learnt
        self._learnt = now()
        self._decided: float | None = None  # when this replica last decided; None: another did

    def share(self, camera: Camera) -> float:
        """The share of the camera's slots that may be taken, above 0; 1 is all of them."""
        return camera.interval_seconds / effective_interval(camera, self._pace.level if self._pace else None)

    def run(self, stop: threading.Event) -> None:
        """Find the pace or learn it, until `stop` is set."""
        while not stop.is_set():
            self.look()
            stop.wait(PERIOD_SECONDS)
        try:
            self._coordination.release(LEASE, self._replica)
        except Unavailable as exc:
            log.info("pace.left_to_lapse", error=str(exc))

    def look(self) -> None:
        """Do it once. While coordination or the broker is away all stays as it was, for a while."""
        try:
            self._learn()
            if self._coordination.acquire(LEASE, self._replica, ttl=LEASE_SECONDS) is None:
                self._decided = None
            else:
                self._decide()
        except Unavailable as exc:
            log.warning("pace.unknown", error=str(exc))
        if self._now() - self._learnt > TTL_SECONDS:
            self._pace = None
        budget = self._pace.budget if self._pace else None
        STRETCH.set(self._pace.wanted / budget if self._pace and budget else 1.0)

    def _learn(self) -> None:
        value = self._coordination.get(PACE_KEY)
        self._learnt = self._now()
        try:
            self._pace = None if value is None else _PACE.validate_json(value)
        except ValidationError as exc:
            log.warning("pace.unreadable", error=str(exc))

    def _decide(self) -> None:
        now, cameras = self._clock(), self._cameras()
        asking = [one for one in cameras if one.schedule is None or one.schedule.is_active(now)]
        passed = PERIOD_SECONDS if self._decided is None else self._now() - self._decided
        self._decided = self._now()
        seen, last = self._see(asking), self._last_decision()
        decision = decide(last, seen, freshness=self._freshness, passed=passed)
        if (decision.budget is None) is not (last.budget is None):
            log.warning("overload.over" if decision.budget is None else "overload.begun", **vars(seen))
        self._pace = Pace(
            at=now,
            level=None if decision.budget is None else water_level(asking, decision.budget),
            budget=decision.budget,
            correction=decision.correction,
            wanted=seen.wanted,
            capacity=seen.capacity,
            wait_seconds=seen.wait_seconds,
        )
        self._coordination.put(PACE_KEY, _PACE.dump_json(self._pace), ttl=TTL_SECONDS)

    def _last_decision(self) -> Decision:
        pace = self._pace
        return Decision() if pace is None else Decision(budget=pace.budget, correction=pace.correction)

    def _see(self, asking: Collection[Camera]) -> Seen:
        stages = [self._stage(queue, group) for queue, group in STAGES]
        known = [(wait, capacity) for wait, capacity in stages if capacity is not None and wait is not None]
        return Seen(
            wanted=wanted_rate(asking),
            capacity=min((capacity for _, capacity in known), default=None),
            wait_seconds=max((wait for wait, _ in known), default=None),
        )

    def _stage(self, queue: str, group: str) -> tuple[float | None, float | None]:
        """How long a message waits there, and how many a second can be finished; None: nobody knows."""
        loads, state = read_loads(self._coordination, group), self._broker.state(queue)
        capacity = joint_capacity(loads)
        # RabbitMQ tells how much is handed out only to who took it; the workers say the same from their side.
        in_hand = max(state.unacked, sum(load.in_hand for load in loads))
        return (state.ready + in_hand) / capacity if capacity else None, capacity
