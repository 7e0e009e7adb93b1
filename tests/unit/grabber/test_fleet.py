"""A fleet watches what it is told and what it holds a lease of, and nothing else."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.camera import Camera
from common.errors import Unavailable
from common.ports.coordination import Lease
from grabber.errors import Unreachable, stream_error
from grabber.fleet import Fleet
from grabber.parcel import Parcel
from grabber.sources.source import Reading, Source
from grabber.status import StatusBoard
from grabber.supervisor import Surroundings

TTL = 6.0
CAMERA = Camera(id="cam", name="Door", url="rtsp://door/", created_at=datetime(2026, 1, 1, tzinfo=UTC))


class World(MemoryCoordination):
    """Coordination whose clock the test moves, and which can go away; and the threads that watch cameras."""

    def __init__(self) -> None:
        self.seconds, self.is_away = 0.0, False
        super().__init__(now=lambda: self.seconds)

    def acquire(self, name: str, owner: str, *, ttl: float) -> Lease | None:
        if self.is_away:
            raise Unavailable("coordination is away")
        return super().acquire(name, owner, ttl=ttl)

    def owner(self, camera_id: str) -> str | None:
        lease = self.leases("camera/").get(f"camera/{camera_id}")
        return lease.owner if lease else None


def no_camera(camera: Camera, reading: Reading) -> Source:
    raise stream_error(Unreachable, camera.url)


def watching() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("camera-")}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def fleet(world: World) -> Iterator[Fleet]:
    sent: list[Parcel] = []
    around = Surroundings(send=sent.append, board=StatusBoard(world), replica="g1", open_source=no_camera)
    fleet = Fleet(around, coordination=world, lease_seconds=TTL, now=lambda: world.seconds)
    yield fleet
    fleet.leave_all()
    assert watching() == set()


def take(fleet: Fleet, *cameras: Camera) -> None:
    wanted = {camera.id: camera for camera in cameras}
    fleet.take(wanted, enabled=wanted)


def test_it_watches_with_a_lease_and_gives_it_back(world: World, fleet: Fleet) -> None:
    take(fleet, CAMERA)
    assert (world.owner("cam"), watching()) == ("g1", {"camera-cam"})
    take(fleet)
    assert (world.owner("cam"), watching()) == (None, set())


def test_what_another_holds_is_left_alone_until_it_is_free(world: World, fleet: Fleet) -> None:
    world.acquire("camera/cam", "g2", ttl=TTL)
    take(fleet, CAMERA)
    assert watching() == set()
    world.seconds += TTL + 1  # g2 died
    take(fleet, CAMERA)
    assert (world.owner("cam"), watching()) == ("g1", {"camera-cam"})


def test_leases_are_kept_as_long_as_it_is_told_to_watch(world: World, fleet: Fleet) -> None:
    for _ in range(20):
        take(fleet, CAMERA)
        assert world.acquire("camera/cam", "g2", ttl=TTL) is None
        world.seconds += 1


def test_after_a_lease_was_lost_the_camera_is_let_go_at_once(world: World, fleet: Fleet) -> None:
    take(fleet, CAMERA)
    world.seconds += TTL + 1  # this process hung
    world.acquire("camera/cam", "g2", ttl=TTL)
    take(fleet, CAMERA)
    assert (world.owner("cam"), watching()) == ("g2", set())


def test_while_coordination_is_away_it_watches_no_longer_than_its_lease(world: World, fleet: Fleet) -> None:
    take(fleet, CAMERA)
    world.is_away = True
    world.seconds += TTL - 1
    take(fleet, CAMERA)
    assert watching() == {"camera-cam"}
    world.seconds += 2
    take(fleet, CAMERA)
    assert watching() == set()
    world.is_away = False
    take(fleet, CAMERA)
    assert watching() == {"camera-cam"}


def test_an_edited_camera_is_watched_anew_under_the_same_lease(world: World, fleet: Fleet) -> None:
    other = replace(CAMERA, id="other", name="Other")
    take(fleet, CAMERA, other)
    before = {thread.name: thread for thread in threading.enumerate()}
    token = world.leases()["camera/cam"].token
    take(fleet, replace(CAMERA, revision=2), other)
    after = {thread.name: thread for thread in threading.enumerate()}
    assert after["camera-cam"] is not before["camera-cam"]
    assert after["camera-other"] is before["camera-other"]
    assert world.leases()["camera/cam"].token == token
