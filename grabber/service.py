"""The grabber: this replica's share of the cameras, watched until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from common.domain.camera import Camera
from common.errors import Unavailable
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from common.runtime.cores import core_seconds
from common.runtime.health import Check
from common.runtime.load import tell_load
from common.runtime.service import Group
from grabber.costs import Costs, load_of
from grabber.fleet import Fleet
from grabber.outbox import Outbox
from grabber.pacing import Pacing
from grabber.sharing import GROUP, Sharing
from grabber.sources.open import OpenSource, open_source
from grabber.spool import Spool
from grabber.spool_folder import claim_folder, left_behind
from grabber.status import StatusBoard
from grabber.supervisor import Surroundings

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0  # how often cameras and members are read: a change takes effect within about two
LOAD_TTL_SECONDS = 15.0  # as for other workers
BESIDE_SECONDS = 5.0  # longest that the threads beside may take to end: what they leave lies in the spool


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
        skip_same: bool = False,
        hang_up_seconds: float = 30.0,
        ca_file: Path | None = None,
        addresses: AddressCheck = UNCHECKED,
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
        self._jpeg_quality, self._ca_file = jpeg_quality, ca_file
        self._addresses = addresses
        self._skip_same, self._hang_up_seconds = skip_same, hang_up_seconds
        self._clock, self._open_source = clock, open_source
        self._enabled: dict[str, Camera] = {}  # as last read; replaced whole by the thread that reads
        self._is_informed = threading.Event()  # set once they were read
        self._costs = Costs(coordination, replica=replica)
        self._core_seconds = core_seconds()
        self._sharing = Sharing(replica)
        self._pacing = Pacing(
            coordination=coordination,
            broker=broker,
            cameras=lambda: self._enabled.values(),
            replica=replica,
            freshness_seconds=freshness_seconds,
            clock=clock,
        )
        self.checks: Mapping[str, Check] = {
            "database": repository.check,
            "store": store.check,
            "broker": broker.check,
            "coordination": coordination.check,
        }

    def run(self, stop: threading.Event) -> None:
        """Watch cameras until `stop` is set; then give them up, finish the shots in hand, and withdraw."""
        folder = claim_folder(self._spool_dir)
        try:
            with closing(Spool(folder.path, limit_bytes=self._spool_bytes)) as spool:
                self._watch(spool, stop)
        finally:
            folder.release()

    def _watch(self, spool: Spool, stop: threading.Event) -> None:
        outbox = Outbox(
            store=self._store,
            broker=self._broker,
            spool=spool,
            left_behind=partial(left_behind, self._spool_dir, limit_bytes=self._spool_bytes),
        )
        board = StatusBoard(self._coordination)
        fleet = self._fleet(outbox, board)
        beside = Group(
            {"cameras": self._read_cameras, "spool": outbox.run, "status": board.run, "pace": self._pacing.run}
        )
        beside.start()
        try:
            while not (stop.is_set() or beside.stopping.is_set()):
                if self._is_informed.wait(TICK_SECONDS):  # a member that knows no cameras would leave its share alone
                    self._tick(fleet, spool_bytes=spool.size_bytes)
                    stop.wait(TICK_SECONDS)
        finally:
            fleet.leave_all()
            self._withdraw()
            fleet.finish(self._shot_timeout_seconds)
            beside.stop(timeout=BESIDE_SECONDS)

    def _fleet(self, outbox: Outbox, board: StatusBoard) -> Fleet:
        around = Surroundings(
            send=outbox.send,
            board=board,
            replica=self._replica,
            timeout=self._shot_timeout_seconds,
            quality=self._jpeg_quality,
            skip_same=self._skip_same,
            hang_up_seconds=self._hang_up_seconds,
            ca_file=self._ca_file,
            addresses=self._addresses,
            freshness=self._freshness,
            share=self._pacing.share,
            clock=self._clock,
            open_source=self._open_source,
        )
        return Fleet(around, coordination=self._coordination, lease_seconds=self._lease_seconds)

    def _tick(self, fleet: Fleet, *, spool_bytes: int) -> None:
        enabled = self._enabled
        members = self._meet(fleet.measured, enabled, spool_bytes=spool_bytes)
        mine = self._sharing.share(self._costs.of(enabled), members=members or {self._replica})
        fleet.take({camera_id: enabled[camera_id] for camera_id in mine}, enabled=enabled, is_away=not members)

    def _read_cameras(self, stop: threading.Event) -> None:
        """In a thread of its own: leases must be renewed while the database hangs. Until then all stays as it was.

        Only what has changed is worth reading: 200 grabbers with 10,000 cameras would fetch two million rows a second.
        """
        known = None
        while not stop.is_set():
            try:
                with self._repository.begin() as unit:
                    version = unit.cameras.version()  # first: who changes it in between is read at the next look
                    if version != known:
                        self._enabled = {camera.id: camera for camera in unit.cameras.list(enabled=True)}
                        known = version
                self._is_informed.set()
            except Unavailable as exc:
                log.warning("database.unavailable", error=str(exc))
            stop.wait(TICK_SECONDS)

    def _meet(self, measured: Mapping[str, int], enabled: Mapping[str, Camera], *, spool_bytes: int) -> set[str]:
        """The grabbers alive, none while coordination is away: then all cameras are wanted, and leases decide."""
        try:
            self._coordination.announce(GROUP, self._replica, ttl=self._lease_seconds, info=f"{len(enabled)} cameras")
            load = replace(load_of(measured, enabled, core_seconds=self._core_seconds), spool_bytes=spool_bytes)
            tell_load(self._coordination, load, group=GROUP, member=self._replica, ttl=LOAD_TTL_SECONDS)
            members = {self._replica, *self._coordination.members(GROUP)}
            self._costs.exchange(measured, members=members, enabled=enabled)
            return members
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return set()

    def _withdraw(self) -> None:
        try:
            self._coordination.withdraw(GROUP, self._replica)
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
