"""The way out for every shot: at once when store and broker are there, through the spool when they are not."""

from __future__ import annotations

import threading

import structlog

from common.errors import Unavailable
from common.metrics import SNAPSHOTS
from common.ports.broker import Broker
from common.ports.store import ObjectStore
from common.runtime.backoff import Backoff
from grabber.parcel import Parcel
from grabber.spool import Spool

log = structlog.get_logger(__name__)

OUTAGE = Backoff(first_seconds=0.5, limit_seconds=10)
IDLE_SECONDS = 0.5  # how often an idle drain looks for something to do


class Outbox:
    """Delivers parcels; thread-safe. A shot is counted once, when its last message is safe."""

    def __init__(self, *, store: ObjectStore, broker: Broker, spool: Spool) -> None:
        self._store = store
        self._broker = broker
        self._spool = spool

    def send(self, parcel: Parcel) -> None:
        """Deliver it, or keep it on disk until that works; never raises for an outage."""
        # While something waits, all that follows waits behind it: the order stays, and nobody hangs on a dead server.
        rest = parcel if len(self._spool) else self._deliver(parcel)
        if rest is None:
            return
        try:
            self._spool.add(rest)
        except Unavailable as exc:
            log.error("shot.lost", snapshot_id=parcel.shot.id, camera_id=parcel.shot.camera_id, error=str(exc))
            SNAPSHOTS.labels(camera=parcel.shot.camera_id, outcome="failed").inc()
            return
        log.info("shot.spooled", snapshot_id=parcel.shot.id, camera_id=parcel.shot.camera_id)

    def run(self, stop: threading.Event) -> None:
        """Drain the spool in order until `stop` is set; what is left waits for the next start."""
        failures = 0
        while not stop.is_set():
            waiting = self._spool.first()
            if waiting is None:
                stop.wait(IDLE_SECONDS)
                continue
            name, parcel = waiting
            rest = self._deliver(parcel)
            if rest is None:
                self._spool.remove(name)
                failures = 0
                continue
            if rest != parcel:
                self._spool.replace(name, rest)
            failures += 1
            stop.wait(OUTAGE.delay(failures))

    def _deliver(self, parcel: Parcel) -> Parcel | None:
        """Deliver as much as works; what remains, or None."""
        shot, done = parcel.shot, 0
        try:
            if parcel.jpeg and shot.image_key:
                self._store.put(shot.image_key, parcel.jpeg)
        except Unavailable as exc:
            log.warning("store.unavailable", snapshot_id=shot.id, error=str(exc))
            return parcel
        try:
            for queue, body in parcel.messages:
                self._broker.publish(queue, body)
                done += 1
        except Unavailable as exc:
            log.warning("broker.unavailable", snapshot_id=shot.id, error=str(exc))
            return parcel.without_first(done)
        SNAPSHOTS.labels(camera=shot.camera_id, outcome=shot.outcome.value).inc()
        log.info(f"shot.{shot.outcome.value}", snapshot_id=shot.id, camera_id=shot.camera_id, reason=shot.reason)
        return None
