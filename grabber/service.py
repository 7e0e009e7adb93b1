"""The grabber: this replica's share of the cameras, watched until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import structlog

from common.domain.camera import Camera
from common.errors import Unavailable
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from common.runtime.health import Check
from grabber.fleet import Fleet
from grabber.outbox import Outbox
from grabber.sharing import GROUP, share
from grabber.sources.open import OpenSource, open_source
from grabber.spool import Spool
from grabber.spool_folder import claim_folder
from grabber.status import StatusBoard
from grabber.supervisor import Surroundings

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0  # how often cameras and members are read: a change takes effect within about two


class GrabberService:
    """Any number of replicas share all enabled cameras; each takes those that fall to it and whose lease is free."""

    def __init__(
        self,
        *,
        repository: Repository,
        store: ObjectStore,
        broker: Broker,
        coordination: Coordination,
        replica: str,
        spool_dir: Path,
        spool_bytes: int = 512_000_000,
        lease_seconds: float = 6.0,
        shot_timeout_seconds: float = 10.0,
        freshness_seconds: float = 60.0,
        jpeg_quality: int = 90,
        clock: Clock = utc_now,
        open_source: OpenSource = open_source,
    ) -> None:
        """`spool_dir`: shared by the replicas of one machine, each takes a folder of its own in it."""
        self._repository, self._store, self._broker, self._coordination = repository, store, broker, coordination
        self._replica = replica
        self._spool_dir, self._spool_bytes = spool_dir, spool_bytes
        self._lease_seconds = lease_seconds
        self._shot_timeout_seconds = shot_timeout_seconds
        self._freshness = timedelta(seconds=freshness_seconds)
        self._jpeg_quality = jpeg_quality
        self._clock, self._open_source = clock, open_source
        self._enabled: dict[str, Camera] = {}  # as last read
        self.checks: Mapping[str, Check] = {
            "database": repository.check,
            "store": store.check,
            "broker": broker.check,
            "coordination": coordination.check,
        }

    def run(self, stop: threading.Event) -> None:
        """Watch cameras until `stop` is set; then give them up, finish the shots in hand, and withdraw."""
        folder = claim_folder(self._spool_dir)
        outbox = Outbox(store=self._store, broker=self._broker, spool=Spool(folder.path, limit_bytes=self._spool_bytes))
        fleet = self._fleet(outbox)
        drained = threading.Event()
        drain = threading.Thread(target=outbox.run, args=(drained,), name="spool", daemon=True)
        drain.start()
        try:
            while not stop.is_set():
                self._tick(fleet)
                stop.wait(TICK_SECONDS)
        finally:
            fleet.leave_all()
            self._withdraw()
            drained.set()
            drain.join(self._shot_timeout_seconds)
            folder.release()

    def _fleet(self, outbox: Outbox) -> Fleet:
        around = Surroundings(
            send=outbox.send,
            board=StatusBoard(self._coordination),
            replica=self._replica,
            timeout=self._shot_timeout_seconds,
            quality=self._jpeg_quality,
            freshness=self._freshness,
            clock=self._clock,
            open_source=self._open_source,
        )
        return Fleet(around, coordination=self._coordination, lease_seconds=self._lease_seconds)

    def _tick(self, fleet: Fleet) -> None:
        self._read_cameras()
        mine = share(self._enabled, replica=self._replica, members=self._members())
        fleet.take({camera_id: self._enabled[camera_id] for camera_id in mine}, enabled=self._enabled)

    def _read_cameras(self) -> None:
        """While the database is away, the cameras stay as they were."""
        try:
            with self._repository.begin() as unit:
                self._enabled = {camera.id: camera for camera in unit.cameras.list(enabled=True)}
        except Unavailable as exc:
            log.warning("database.unavailable", error=str(exc))

    def _members(self) -> set[str]:
        """The grabbers alive. While coordination is away, all cameras are wanted: leases decide what can be had."""
        try:
            self._coordination.announce(
                GROUP, self._replica, ttl=self._lease_seconds, info=f"{len(self._enabled)} cameras"
            )
            return {self._replica, *self._coordination.members(GROUP)}
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return {self._replica}

    def _withdraw(self) -> None:
        try:
            self._coordination.withdraw(GROUP, self._replica)
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
