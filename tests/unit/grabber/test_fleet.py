"""A fleet watches what it is told and what it holds a lease of, and nothing else."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.camera import Camera
from common.errors import Unavailable
from common.ports.coordination import Lease
from grabber.errors import Unreachable, stream_error
from grabber.fleet import BACK_SECONDS, Fleet
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
def board(world: World) -> Iterator[StatusBoard]:
    board, stop = StatusBoard(world), threading.Event()
    writer = threading.Thread(target=board.run, args=(stop,))
    writer.start()
    yield board
    stop.set()
    writer.join()


@pytest.fixture
def fleet(world: World, board: StatusBoard) -> Iterator[Fleet]:
    sent: list[Parcel] = []
    around = Surroundings(send=sent.append, board=board, replica="g1", open_source=no_camera)
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


def test_after_an_outage_it_begins_once_others_could_tell_which_slots_they_counted(world: World, fleet: Fleet) -> None:
    world.is_away = True
    take(fleet, CAMERA)
    world.is_away = False
    world.seconds += BACK_SECONDS / 2
    take(fleet, CAMERA)
    assert watching() == set()
    world.seconds += BACK_SECONDS / 2
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


@dataclass
class SlowWay:
    """Takes parcels, and holds each until it is told to go on."""

    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    sent: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> None:
        self.begun.set()
        assert self.go_on.wait(20)
        self.sent.append(parcel)


@pytest.fixture
def slow(world: World, board: StatusBoard, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Fleet, SlowWay]]:
    """A fleet whose camera has a slot to count right away, on a way out that takes as long as the test likes."""
    monkeypatch.setattr("grabber.fleet.LEAVE_SECONDS", 0.01)
    board.count(CAMERA.id, datetime.now(UTC) - timedelta(seconds=8))
    way = SlowWay()
    around = Surroundings(send=way.send, board=board, replica="g1", open_source=no_camera)
    fleet = Fleet(around, coordination=world, lease_seconds=TTL, now=lambda: world.seconds)
    take(fleet, CAMERA)
    assert way.begun.wait(20)
    yield fleet, way
    way.go_on.set()
    fleet.leave_all()
    fleet.finish(20)
    assert watching() == set()


def test_a_lease_is_kept_while_a_shot_is_on_its_way_and_given_back_once_its_slot_is_counted(
    world: World, board: StatusBoard, slow: tuple[Fleet, SlowWay]
) -> None:
    fleet, way = slow
    fleet.take({}, enabled={CAMERA.id: CAMERA})  # another's share now
    assert world.owner("cam") == "g1"
    way.go_on.set()
    fleet.finish(20)
    assert world.owner("cam") is None
    (parcel,) = way.sent
    assert StatusBoard(world).last_counted("cam") == parcel.shot.scheduled_at  # as the next grabber sees it


def test_a_camera_that_comes_back_waits_for_its_shot_on_the_way(slow: tuple[Fleet, SlowWay]) -> None:
    fleet, way = slow
    fleet.take({}, enabled={CAMERA.id: CAMERA})
    before = [thread for thread in threading.enumerate() if thread.name == "camera-cam"]
    take(fleet, CAMERA)
    assert [thread for thread in threading.enumerate() if thread.name == "camera-cam"] == before
    way.go_on.set()
    before[0].join(20)
    take(fleet, CAMERA)
    assert watching() == {"camera-cam"}


def test_finishing_waits_for_the_shot_in_hand(slow: tuple[Fleet, SlowWay]) -> None:
    fleet, way = slow
    fleet.leave_all()
    threading.Timer(0.2, way.go_on.set).start()
    fleet.finish(20)
    assert len(way.sent) == 1


def test_coordination_that_hangs_is_asked_once_a_round(
    world: World, board: StatusBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Surroundings(send=[].append, board=board, replica="g1", open_source=no_camera)
    fleet = Fleet(around, coordination=world, lease_seconds=TTL, now=lambda: world.seconds)
    asked: list[str] = []

    def acquire(name: str, owner: str, *, ttl: float) -> Lease | None:
        asked.append(name)
        raise Unavailable("no answer in time")

    monkeypatch.setattr(world, "acquire", acquire)
    take(fleet, CAMERA, replace(CAMERA, id="other"))
    assert len(asked) == 1


def test_a_lease_that_another_had_meanwhile_is_begun_anew(world: World, fleet: Fleet) -> None:
    take(fleet, CAMERA)
    before = [thread for thread in threading.enumerate() if thread.name == "camera-cam"]
    world.seconds += TTL + 1  # this process hung
    world.acquire("camera/cam", "g2", ttl=TTL)
    world.release("camera/cam", "g2")  # and stopped
    take(fleet, CAMERA)
    assert world.owner("cam") == "g1"
    assert [thread for thread in threading.enumerate() if thread.name == "camera-cam"] != before


def test_told_that_coordination_is_away_it_asks_nothing(world: World, fleet: Fleet) -> None:
    world.acquire = None  # type: ignore[assignment,method-assign]
    fleet.take({CAMERA.id: CAMERA}, enabled={CAMERA.id: CAMERA}, is_away=True)
    assert watching() == set()


def test_where_coordination_is_too_slow_for_all_the_oldest_leases_are_renewed(
    world: World, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = [replace(CAMERA, id=f"cam{number}", name=f"Door {number}") for number in range(6)]
    take(fleet, *cameras)
    acquire, asked = world.acquire, []

    def slow(name: str, owner: str, *, ttl: float) -> Lease | None:
        asked.append(name)
        world.seconds += 0.6
        return acquire(name, owner, ttl=ttl)

    monkeypatch.setattr(world, "acquire", slow)
    world.seconds += TTL / 3
    take(fleet, *cameras)
    first = set(asked)
    assert len(first) == 4  # then a third of a lease has gone by
    take(fleet, *cameras)
    assert set(asked) == {f"camera/{camera.id}" for camera in cameras}
    assert watching() == {f"camera-{camera.id}" for camera in cameras}
