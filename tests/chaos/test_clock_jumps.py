"""A grabber's clock is set, forwards or backwards, while it runs."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from common.domain.shot import Outcome
from common.ports.clock import utc_now
from grabber.service import GrabberService
from tests.chaos.camera_server import CameraServer
from tests.chaos.plant import GRABBERS, LEASE_SECONDS, Plant
from tests.chaos.watch import watching


class JumpingClock:
    """The wall clock, set by `ahead`."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def clock(plant: Plant, tmp_path: Path) -> Iterator[JumpingClock]:
    """Of the one grabber that runs."""
    for name in GRABBERS:
        plant.stop(name)
    clock, stop, adapters = JumpingClock(), threading.Event(), plant.adapters
    service = GrabberService(
        repository=adapters.repository,
        store=adapters.store,
        broker=adapters.broker,
        coordination=adapters.coordination,
        replica="grabber-jumping",
        spool_dir=tmp_path / "spool",
        lease_seconds=LEASE_SECONDS,
        clock=clock,
    )
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    yield clock
    stop.set()
    thread.join()


def test_set_forward_the_slots_jumped_over_are_counted_as_late(
    plant: Plant, stills: CameraServer, clock: JumpingClock
) -> None:
    with watching(plant, {"door": stills.url("door")}, clock=clock) as watch:
        clock.ahead = timedelta(seconds=20)
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    reasons = [(shot.outcome, shot.reason) for shot in ledger.pages[0].shots]
    assert reasons.count((Outcome.SKIPPED, "late")) >= 19


def test_set_back_the_slots_that_come_again_are_counted_once(
    plant: Plant, stills: CameraServer, clock: JumpingClock
) -> None:
    with watching(plant, {"door": stills.url("door")}, clock=clock) as watch:
        watch.wait_until_served(shots=5)
        clock.ahead = timedelta(seconds=-4)
        watch.wait_until_served(shots=6)
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
