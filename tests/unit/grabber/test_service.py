"""The whole grabber in one process: what hangs beside it costs no lease, and its stop loses no shot."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot
from common.errors import Unavailable
from common.messages import SHOTS, decode
from common.ports.broker import Broker
from common.ports.clock import utc_now
from common.ports.repository import Repository, Unit
from common.ports.store import ObjectStore
from common.runtime.load import read_loads
from grabber.costs import Costs, estimate
from grabber.picture import Picture
from grabber.service import GrabberService
from grabber.sources.source import Reading, Source

CAMERA = Camera(id="cam", name="Door", url="rtsp://door/", interval_seconds=1, created_at=datetime.now(UTC))


class Coordination(MemoryCoordination):
    """Notes the heartbeats, and tells of the end."""

    def __init__(self) -> None:
        super().__init__()
        self.heartbeats: list[str] = []
        self.on_withdraw: Callable[[], None] = lambda: None

    def announce(self, group: str, member: str, *, ttl: float, info: str = "") -> None:
        super().announce(group, member, ttl=ttl, info=info)
        self.heartbeats.append(info)

    def withdraw(self, group: str, member: str) -> None:
        super().withdraw(group, member)
        self.on_withdraw()


@dataclass
class Gate:
    """Stands before a real adapter's method; who comes while it is shut waits there."""

    is_shut: bool = False
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def pass_through(self) -> None:
        if self.is_shut:
            self.begun.set()
            assert self.go_on.wait(20)


class Still:
    """A camera that always has a picture."""

    codec, fps, keyframe_interval_seconds = "mjpeg", None, None

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        if stop.wait(max(0.0, (due - utc_now()).total_seconds())):
            return None
        now = utc_now()
        return Picture(
            jpeg=b"jpeg", width=4, height=3, captured_at=now, fingerprint=str(now).encode(), brightness=100, contrast=40
        )

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_still(camera: Camera, reading: Reading) -> Source:
    return Still()


@pytest.fixture
def coordination() -> Coordination:
    return Coordination()


@pytest.fixture
def service(
    repository: Repository, store: ObjectStore, broker: Broker, coordination: Coordination, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> GrabberService:  # fmt: skip
    monkeypatch.setattr("grabber.service.TICK_SECONDS", 0.02)
    monkeypatch.setattr("grabber.fleet.LEAVE_SECONDS", 0.02)
    with repository.begin() as unit:
        unit.cameras.add(CAMERA)
    return GrabberService(
        repository=repository, store=store, broker=broker, coordination=coordination, replica="g1",
        spool_dir=tmp_path / "spool", open_source=open_still,
    )  # fmt: skip


@contextmanager
def running(service: GrabberService, stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(wanted: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if wanted():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")


def test_while_the_database_hangs_leases_are_renewed(
    service: GrabberService, repository: Repository, coordination: Coordination, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begin = Gate(), repository.begin

    def slow_begin() -> AbstractContextManager[Unit]:
        gate.pass_through()
        return begin()

    monkeypatch.setattr(repository, "begin", slow_begin)
    with running(service, threading.Event()):
        try:
            wait_for(lambda: "camera/cam" in coordination.leases())
            gate.is_shut = True
            assert gate.begun.wait(20)
            before = len(coordination.heartbeats)
            wait_for(lambda: len(coordination.heartbeats) > before + 2)
            assert "camera/cam" in coordination.leases()
        finally:
            gate.go_on.set()


def test_a_grabber_that_knows_no_cameras_yet_is_nobodys_partner(
    service: GrabberService, repository: Repository, coordination: Coordination, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begin = Gate(is_shut=True), repository.begin

    def slow_begin() -> AbstractContextManager[Unit]:
        gate.pass_through()
        return begin()

    monkeypatch.setattr(repository, "begin", slow_begin)
    with running(service, threading.Event()):
        try:
            assert gate.begun.wait(20)
            threading.Event().wait(0.1)  # several ticks
        finally:
            gate.go_on.set()
        wait_for(lambda: "camera/cam" in coordination.leases())
    assert set(coordination.heartbeats) == {"1 cameras"}


def test_a_stop_finishes_the_shot_in_hand(
    service: GrabberService, store: ObjectStore, broker: Broker, coordination: Coordination,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    gate, put, stop = Gate(is_shut=True), store.put, threading.Event()

    def slow_put(key: str, data: bytes) -> None:
        gate.pass_through()
        put(key, data)

    monkeypatch.setattr(store, "put", slow_put)
    coordination.on_withdraw = threading.Timer(0.3, gate.go_on.set).start  # long after the supervisors were told to end
    with running(service, stop):
        assert gate.begun.wait(20)
    shots = broker.subscribe(SHOTS, prefetch=10)
    delivery = shots.receive(0)
    assert delivery is not None
    assert decode(Shot, delivery.body).outcome is Outcome.TAKEN
    delivery.ack()
    shots.close()
    assert coordination.leases() == {}


def test_a_surprise_beside_the_cameras_ends_the_grabber(
    service: GrabberService, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_begin() -> AbstractContextManager[Unit]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(repository, "begin", broken_begin)
    with pytest.raises(RuntimeError, match="a bug"):
        service.run(threading.Event())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures and reports at once; asked for before the service, which looks at its clock when it is made."""
    monkeypatch.setattr("grabber.meter.WINDOW_SECONDS", 0.0)
    monkeypatch.setattr("grabber.costs.REPORT_SECONDS", 0.01)


def test_what_a_camera_takes_comes_to_be_known_to_all(
    hasty: None, service: GrabberService, coordination: Coordination
) -> None:
    other = Costs(coordination, replica="g2", now=lambda: 0.0)  # its clock stands still: it only listens

    def is_known() -> bool:
        other.exchange({}, members=["g1", "g2"], enabled=[CAMERA.id])
        return other.of({CAMERA.id: CAMERA})[CAMERA.id] < estimate(CAMERA)  # a still costs next to nothing

    assert not is_known()
    with running(service, threading.Event()):
        wait_for(is_known)


def test_what_waits_in_the_spool_is_told_with_the_load(
    service: GrabberService, store: ObjectStore, coordination: Coordination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(key: str, data: bytes, *, content_type: str = "") -> None:
        raise Unavailable("the store is away")

    monkeypatch.setattr(store, "put", away)
    with running(service, threading.Event()):
        wait_for(lambda: any(load.spool_bytes for load in read_loads(coordination, "grabbers")))
