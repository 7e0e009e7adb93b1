"""The way out for every shot: at once when store and broker are there, through the spool when they are not."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import structlog

from common.domain.shot import Shot
from common.errors import MaskwatchError, Unavailable
from common.metrics import SNAPSHOTS
from common.ports.broker import Broker
from common.ports.store import ObjectStore
from common.runtime.backoff import Backoff
from grabber.parcel import Parcel
from grabber.spool import Spool

log = structlog.get_logger(__name__)

OUTAGE = Backoff(first_seconds=0.5, limit_seconds=10)
MOST_UNTOLD = 20_000  # parcels, about 20 MB: 100 cameras at one shot in 5 s for a quarter of an hour
IDLE_SECONDS = 0.5  # how often an idle drain looks for something to do

LeftBehind = Callable[[], AbstractContextManager[Spool | None]]


class Outbox:
    """Delivers parcels; thread-safe. A shot is counted once, when its last message is safe."""

    def __init__(
        self, *, store: ObjectStore, broker: Broker, spool: Spool, left_behind: LeftBehind = nullcontext
    ) -> None:
        """`left_behind` opens a spool that no grabber owns any more, if there is one with something in it."""
        self._store = store
        self._broker = broker
        self._spool = spool
        self._left_behind = left_behind
        self._untold: deque[Parcel] = deque()  # what no disk took, without pictures; `run` takes from it
        self._is_away = False  # whether the last delivery failed

    def send(self, parcel: Parcel) -> None:
        """Deliver it, or keep it on disk until that works; never raises for an outage.

        Raises LeaseLost, and does nothing more, as soon as the camera is known to be ours no longer.
        """
        parcel.check_ours()
        # During an outage only the drain tries, so that no camera hangs on a dead server. With nothing in the spool
        # nobody else would find out that it is over.
        rest = parcel if self._is_away and len(self._spool) else self._deliver(parcel)
        if rest is None:
            return
        parcel.check_ours()  # a server that hangs takes its time
        self._keep(rest)

    def run(self, stop: threading.Event) -> None:
        """Drain the spool until `stop` is set, and when it is empty what another left; the rest waits for a restart.

        The oldest goes first, beside fresh shots: behind one drain a busy grabber would never leave its spool again.
        """
        while not stop.is_set():
            self._drain(self._spool, stop)
            self._tell()
            try:
                with self._left_behind() as other:
                    if other is not None:
                        self._drain(other, stop)
            except OSError as exc:
                log.error("spool.not_adopted", error=str(exc))
            stop.wait(IDLE_SECONDS)
        self._put_away()

    def _keep(self, parcel: Parcel) -> None:
        """On disk. What a full disk does not take is told later without its picture: every shot is counted."""
        shot = parcel.shot
        try:
            self._spool.add(parcel)
            log.info("shot.spooled", snapshot_id=shot.id, camera_id=shot.camera_id)
        except Unavailable as exc:
            log.error("spool.refused", snapshot_id=shot.id, camera_id=shot.camera_id, error=str(exc))
            told = parcel.given_up() if parcel.jpeg else Parcel(shot=shot, messages=parcel.messages)
            if len(self._untold) < MOST_UNTOLD:
                self._untold.append(told)
            else:
                _lose(shot)

    def _tell(self) -> None:
        """Deliver what no disk took, until that fails."""
        while self._untold:
            try:
                rest = self._deliver(self._untold[0])
            except MaskwatchError as exc:
                log.error("shot.untold", snapshot_id=self._untold[0].shot.id, error=str(exc))
                return
            if rest is not None:
                self._untold[0] = rest
                return
            self._untold.popleft()

    def _put_away(self) -> None:
        """At the end: without its picture a shot may find room on the disk after all."""
        while self._untold:
            parcel = self._untold.popleft()
            try:
                self._spool.add(parcel)
            except Unavailable:
                _lose(parcel.shot)

    def _drain(self, spool: Spool, stop: threading.Event) -> None:
        """Until it is empty; another's only as long as nothing waits in our own."""
        failures = 0
        while not stop.is_set() and len(spool) and (spool is self._spool or not len(self._spool)):
            if self._drain_one(spool):
                failures = 0
            else:
                failures += 1
                stop.wait(OUTAGE.delay(failures) or 0.0)

    def _drain_one(self, spool: Spool) -> bool:
        """Whether it went; nothing that goes wrong here may end the only thread that empties the spool."""
        try:
            waiting = spool.first()
            if waiting is None:
                return True
            name, parcel = waiting
            rest = self._deliver(parcel)
            if rest is None:
                spool.remove(name)
            elif rest != parcel:
                spool.replace(name, rest)
        except MaskwatchError as exc:
            log.error("spool.failed", error=str(exc))
            self._is_away = False  # a broken disk says nothing of the servers: fresh shots find out
            return False
        return rest is None

    def _deliver(self, parcel: Parcel) -> Parcel | None:
        """Deliver as much as works; what remains, or None."""
        shot, done = parcel.shot, 0
        try:
            if parcel.jpeg and shot.image_key:
                self._store.put(shot.image_key, parcel.jpeg)
        except Unavailable as exc:
            self._is_away = True
            log.warning("store.unavailable", snapshot_id=shot.id, error=str(exc))
            return parcel
        parcel.check_ours()  # last: what is published cannot be called back
        try:
            for queue, body in parcel.messages:
                self._broker.publish(queue, body)
                done += 1
        except Unavailable as exc:
            self._is_away = True
            log.warning("broker.unavailable", snapshot_id=shot.id, error=str(exc))
            return parcel.without_first(done)
        self._is_away = False
        SNAPSHOTS.labels(camera=shot.camera_id, outcome=shot.outcome.value).inc()
        log.info(f"shot.{shot.outcome.value}", snapshot_id=shot.id, camera_id=shot.camera_id, reason=shot.reason)
        return None


def _lose(shot: Shot) -> None:
    """Nothing more can be done for it than this."""
    log.error("shot.lost", snapshot_id=shot.id, camera_id=shot.camera_id)
    SNAPSHOTS.labels(camera=shot.camera_id, outcome="failed").inc()
