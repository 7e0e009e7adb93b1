"""The cameras of one test, from when all of them are watched until every slot of theirs is settled."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from analyzer.upkeep.reconcile import Reconcile
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot
from common.ports.clock import Clock, utc_now
from grabber.sharing import lease_name
from tests.acceptance.installation import wait_for
from tests.chaos.ledger import Ledger, read_ledger
from tests.chaos.plant import Plant

SERVED_SECONDS = 60.0  # far beyond what is promised: these tests judge what happens, not how fast this machine is
SETTLED_SECONDS = 45.0  # a retry may wait for 16 s in its queue
LOOK_SECONDS = 0.5


class Watch:
    """Cameras that are enabled, and served since `began`."""

    def __init__(self, plant: Plant, cameras: Sequence[Camera], *, clock: Clock = utc_now) -> None:
        self.cameras = list(cameras)
        self._plant = plant
        self._clock = clock  # the grabbers'
        self.wait_until_served(shots=1)
        self.began = clock()

    def wait_until_served(self, *, shots: int = 2) -> None:
        """Until each has so many predictions of slots from now on."""
        now = self._clock()
        for camera in self.cameras:
            wait_for(
                lambda camera=camera: len(self.shots(camera, Outcome.PREDICTED, after=now)) >= shots,
                seconds=SERVED_SECONDS,
                what=f"{shots} predictions of {camera.name}",
            )

    def wait_for_outcome(self, outcome: Outcome, *, shots: int = 2) -> None:
        """Until each camera has so many slots from now on that ended so."""
        now = self._clock()
        for camera in self.cameras:
            wait_for(
                lambda camera=camera: len(self.shots(camera, outcome, after=now)) >= shots,
                seconds=SERVED_SECONDS,
                what=f"{shots} shots of {camera.name} that are {outcome}",
            )

    def shots(self, camera: Camera, outcome: Outcome, *, after: datetime) -> list[Shot]:
        """Of the slots after that moment those that ended so."""
        self._plant.check()
        with self._plant.adapters.repository.begin() as unit:
            return unit.shots.list(camera_id=camera.id, after=after, outcomes=[outcome])

    def owner(self, camera: Camera) -> str:
        """The grabber that has its lease."""
        name = lease_name(camera.id)
        leases = wait_for(
            lambda: self._plant.adapters.coordination.leases(name), seconds=SERVED_SECONDS, what=f"a lease {name}"
        )
        return leases[name].owner

    def settle(self) -> Ledger:
        """Disable the cameras, wait until nothing is on its way, delete orphans; the ledger then."""
        self._plant.heal()
        ended = self._clock()
        disable(self._plant, self.cameras)
        ledger = self._quiet(ended)
        later = datetime.now(UTC) + timedelta(seconds=2)  # the store tells whole seconds
        adapters = self._plant.adapters
        Reconcile(
            repository=adapters.repository,
            store=adapters.store,
            broker=adapters.broker,
            clock=lambda: later,
            young=timedelta(0),
        ).run()
        return replace(ledger, pages=self._read(ended).pages)

    def _quiet(self, ended: datetime) -> Ledger:
        """The ledger once it stays as it is; as it is then, when that takes too long."""
        deadline, before = time.monotonic() + SETTLED_SECONDS, self._read(ended)
        while time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            now = self._read(ended)
            if now == before and not now.is_open and not self._is_held():
                return now
            before = now
        return before

    def _is_held(self) -> bool:
        """Whether a grabber still has one of the cameras, or something of it in its spool."""
        held = self._plant.adapters.coordination.leases("camera/")
        spooled = any(parcel for spool in self._plant.spools for parcel in spool.glob("*/*.parcel"))
        return spooled or any(lease_name(camera.id) in held for camera in self.cameras)

    def _read(self, ended: datetime) -> Ledger:
        return read_ledger(self._plant.adapters, self.cameras, began=self.began, ended=ended)


@contextmanager
def watching(
    plant: Plant, urls: Mapping[str, str], *, interval_seconds: float = 1.0, clock: Clock = utc_now
) -> Iterator[Watch]:
    """Cameras by name, served when the block begins; disabled when it ends."""
    now, mark = datetime.now(UTC), uuid4().hex[:4]
    cameras = [
        Camera(id=f"{name}-{mark}", name=f"{name} {mark}", url=url, interval_seconds=interval_seconds, created_at=now)
        for name, url in urls.items()
    ]
    with plant.adapters.repository.begin() as unit:
        for camera in cameras:
            unit.cameras.add(camera)
    try:
        yield Watch(plant, cameras, clock=clock)
    finally:
        plant.heal()
        disable(plant, cameras)


def disable(plant: Plant, cameras: Sequence[Camera]) -> None:
    """Nobody is to watch them any more."""
    with plant.adapters.repository.begin() as unit:
        for camera in cameras:
            unit.cameras.update(replace(camera, enabled=False))
