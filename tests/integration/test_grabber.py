"""The grabber against simulated cameras: shots at their slots, changes that take effect, replicas that share."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import simplejpeg
from pydantic import TypeAdapter

from common.adapters.open import open_broker, open_coordination, open_repository
from common.domain.camera import Camera
from common.domain.job import Job
from common.domain.shot import Outcome, Shot, read_image_key
from common.domain.status import CameraState, CameraStatus, status_key
from common.messages import JOBS, SHOTS, decode
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from grabber.service import GrabberService
from grabber.slots import due_slots
from maskwatch.simulation import RunningCameras, start_camera
from tests.conftest import Services
from tests.tcp_proxy import TcpProxy

PATIENCE_SECONDS = 40.0  # far beyond what is promised: these tests judge what happens, not how fast this machine is
STATUS = TypeAdapter(CameraStatus)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningCameras]:
    with start_camera(names=("entrance", "till", "yard")) as running:
        yield running


def camera(number: int, url: str, **changes: object) -> Camera:
    plain = Camera(id=f"cam{number}", name=f"Door {number}", url=url, interval_seconds=1, created_at=datetime.now(UTC))
    return replace(plain, **changes)  # type: ignore[arg-type]


class Shots:
    """Reads what grabbers said, as it comes."""

    def __init__(self, broker: Broker) -> None:
        self._subscription = broker.subscribe(SHOTS, prefetch=100)
        self.all: list[Shot] = []

    def until(self, wanted: Callable[[list[Shot]], bool]) -> list[Shot]:
        """All shots so far, once they are as wanted."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted(self.all):
            assert time.monotonic() < deadline, f"waited in vain; so far: {self.all}"
            self.read(0.2)
        return self.all

    def read(self, timeout: float) -> bool:
        """Whether there was one."""
        delivery = self._subscription.receive(timeout)
        if delivery is None:
            return False
        self.all.append(decode(Shot, delivery.body))
        delivery.ack()
        return True

    def of(self, camera_id: str, outcome: Outcome) -> list[Shot]:
        return [shot for shot in self.all if shot.camera_id == camera_id and shot.outcome is outcome]


@pytest.fixture
def shots(broker: Broker) -> Shots:
    return Shots(broker)


class Grabbing:
    """Starts grabbers in this process, on the embedded adapters."""

    def __init__(self, folder: Path, repository: Repository, store: ObjectStore, broker: Broker) -> None:
        self._folder, self._repository, self._store, self._broker = folder, repository, store, broker
        self.coordination = open_coordination("memory://")

    @contextmanager
    def replica(self, name: str = "g1") -> Iterator[threading.Event]:
        service = GrabberService(
            repository=self._repository,
            store=self._store,
            broker=self._broker,
            coordination=self.coordination,
            replica=name,
            spool_dir=self._folder / "spool",
        )
        stop = threading.Event()
        thread = threading.Thread(target=service.run, args=(stop,), name=name)
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join()

    def add(self, *cameras: Camera) -> None:
        with self._repository.begin() as unit:
            for one in cameras:
                unit.cameras.add(one)

    def status(self, camera_id: str) -> CameraStatus | None:
        value = self.coordination.get(status_key(camera_id))
        return None if value is None else STATUS.validate_json(value)


@pytest.fixture
def grabbing(tmp_path: Path, repository: Repository, store: ObjectStore, broker: Broker) -> Iterator[Grabbing]:
    grabbing = Grabbing(tmp_path, repository, store, broker)
    yield grabbing
    grabbing.coordination.close()


def wait_for(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_complete(shots: list[Shot], watched: Camera) -> bool:
    """Whether every slot between the first and the last was counted, each once."""
    slots = sorted(shot.scheduled_at for shot in shots if shot.camera_id == watched.id)
    return slots == [slots[0], *due_slots(watched, after=slots[0], until=slots[-1])]


def test_every_slot_gives_a_stored_picture_a_job_and_a_shot(
    running: RunningCameras, grabbing: Grabbing, shots: Shots, store: ObjectStore, broker: Broker
) -> None:
    watched = camera(1, running.url)
    grabbing.add(watched)
    with grabbing.replica():
        shots.until(lambda _: len(shots.of("cam1", Outcome.TAKEN)) >= 4)
        assert (status := grabbing.status("cam1")) is not None
        assert (status.state, status.grabber) == (CameraState.LIVE, "g1")
    assert is_complete(shots.all, watched)
    jobs = broker.subscribe(JOBS, prefetch=100)
    for shot in shots.of("cam1", Outcome.TAKEN):
        delivery = jobs.receive(5)
        assert delivery is not None
        job = decode(Job, delivery.body)
        assert (job.snapshot_id, job.image_key, job.width, job.height) == (shot.id, shot.image_key, 1280, 720)
        assert simplejpeg.decode_jpeg_header(store.get(job.image_key))[:2] == (720, 1280)
        assert (job.expires_at - job.captured_at).total_seconds() == 60
    jobs.close()


def test_a_dead_camera_is_down_with_its_reason_and_disturbs_no_other(
    running: RunningCameras, grabbing: Grabbing, shots: Shots
) -> None:
    grabbing.add(camera(1, running.url), camera(2, running.url + "-that-is-not-there"))
    with grabbing.replica():
        shots.until(lambda _: len(shots.of("cam1", Outcome.TAKEN)) >= 3 and len(shots.of("cam2", Outcome.FAILED)) >= 3)
        assert (status := grabbing.status("cam2")) is not None
        assert (status.state, status.error_code) == (CameraState.DOWN, "not_found")
        assert "check the path" in status.error
    assert {shot.reason for shot in shots.of("cam2", Outcome.FAILED)} == {"not_found"}


def test_an_edited_camera_is_watched_anew_and_a_disabled_or_removed_one_no_more(
    running: RunningCameras, grabbing: Grabbing, shots: Shots, repository: Repository
) -> None:
    grabbing.add(camera(1, running.urls[0]), camera(2, running.urls[1]), camera(3, running.urls[2]))
    with grabbing.replica():
        shots.until(lambda _: all(shots.of(f"cam{n}", Outcome.TAKEN) for n in (1, 2, 3)))
        with repository.begin() as unit:
            unit.cameras.update(replace(unit.cameras.get("cam1"), url=running.url + "x"))
            unit.cameras.update(replace(unit.cameras.get("cam2"), enabled=False))
            unit.cameras.remove("cam3")
        leases = grabbing.coordination.leases
        wait_for(lambda: list(leases("camera/")) == ["camera/cam1"])
        shots.until(lambda _: shots.of("cam1", Outcome.FAILED) != [])
        with repository.begin() as unit:
            unit.cameras.update(replace(unit.cameras.get("cam2"), enabled=True))
        before = len(shots.of("cam2", Outcome.TAKEN))
        shots.until(lambda _: len(shots.of("cam2", Outcome.TAKEN)) > before)
    assert not [shot for shot in shots.all if shot.camera_id == "cam2" and shot.reason == "unattended"]


def test_a_camera_that_dies_is_down_and_live_again_when_it_comes_back(grabbing: Grabbing, shots: Shots) -> None:
    with start_camera() as first:
        watched = camera(1, first.url)
        grabbing.add(watched)
        port = int(first.url.split(":")[2].partition("/")[0])
        with grabbing.replica():
            shots.until(lambda _: shots.of("cam1", Outcome.TAKEN) != [])
            first.process.kill()
            shots.until(lambda _: len(shots.of("cam1", Outcome.FAILED)) >= 2)
            assert (status := grabbing.status("cam1")) is not None
            assert status.state is CameraState.DOWN
            before = len(shots.of("cam1", Outcome.TAKEN))
            with start_camera(port=port):
                shots.until(lambda _: len(shots.of("cam1", Outcome.TAKEN)) > before)
                wait_for(lambda: (now := grabbing.status("cam1")) is not None and now.state is CameraState.LIVE)
    assert is_complete(shots.all, watched)


def test_two_replicas_share_the_cameras_and_the_one_left_takes_them_all(
    running: RunningCameras, grabbing: Grabbing, shots: Shots
) -> None:
    cameras = [camera(number, running.urls[number % 3], interval_seconds=2) for number in range(6)]
    grabbing.add(*cameras)

    def owners() -> set[str]:
        held = grabbing.coordination.leases("camera/")
        return {lease.owner for lease in held.values()} if len(held) == 6 else set()

    with grabbing.replica("a1"):
        with grabbing.replica("b2"):
            wait_for(lambda: owners() == {"a1", "b2"})
            shots.until(lambda _: all(shots.of(one.id, Outcome.TAKEN) for one in cameras))
        wait_for(lambda: owners() == {"a1"})
        before = len(shots.all)
        shots.until(lambda found: {shot.camera_id for shot in found[before:]} == {one.id for one in cameras})
    assert len({shot.id for shot in shots.all}) == len(shots.all)


@pytest.mark.services
def test_a_grabber_killed_without_warning_is_replaced_and_no_slot_is_taken_twice(
    running: RunningCameras, fresh_services: Services, tmp_path: Path
) -> None:
    repository = open_repository(fresh_services.postgres_url)
    repository.upgrade()
    coordination = open_coordination(fresh_services.redis_url)
    broker = open_broker(fresh_services.amqp_url)
    shots = Shots(broker)
    cameras = [camera(number, running.urls[number % 3], interval_seconds=2) for number in range(4)]
    with repository.begin() as unit:
        for one in cameras:
            unit.cameras.add(one)

    def owners(coordination: Coordination) -> set[str]:
        held = coordination.leases("camera/")
        return {lease.owner for lease in held.values()} if len(held) == 4 else set()

    with _process(fresh_services, tmp_path, "a1") as first, _process(fresh_services, tmp_path, "b2"):
        wait_for(lambda: owners(coordination) == {"a1", "b2"})
        shots.until(lambda _: all(shots.of(one.id, Outcome.TAKEN) for one in cameras))
        first.send_signal(signal.SIGKILL)
        killed_at = datetime.now(UTC)
        wait_for(lambda: owners(coordination) == {"b2"})
        assert (datetime.now(UTC) - killed_at).total_seconds() < 10  # promised: leases of six seconds
        shots.until(
            lambda found: (
                {shot.camera_id for shot in found if shot.scheduled_at > killed_at and shot.captured_at}
                == {one.id for one in cameras}
            )
        )
    taken = [shot.id for shot in shots.all if shot.outcome is Outcome.TAKEN]
    assert len(set(taken)) == len(taken)
    for adapter in (broker, coordination, repository):
        adapter.close()


@pytest.mark.services
def test_a_grabber_that_stood_still_tells_nothing_of_the_slots_that_another_had_meanwhile(
    running: RunningCameras, fresh_services: Services, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        repository = open_repository(fresh_services.postgres_url)
        coordination = open_coordination(fresh_services.redis_url)
        broker = open_broker(fresh_services.amqp_url)
        for adapter in (repository, coordination, broker):
            stack.callback(adapter.close)
        repository.upgrade()
        watched = camera(1, running.url)
        with repository.begin() as unit:
            unit.cameras.add(watched)
        shots = Shots(broker)

        def taken_by(token: int, *, after: datetime) -> bool:
            keys = [shot.image_key or "" for shot in shots.of("cam1", Outcome.TAKEN) if shot.scheduled_at > after]
            return sum(key.endswith(f".{token}.jpg") for key in keys) >= 2

        address, _slash, number = fresh_services.redis_url.rpartition("/")
        proxy = stack.enter_context(TcpProxy(host="127.0.0.1", port=int(address.rpartition(":")[2])))
        parted = replace(fresh_services, redis_url=f"redis://127.0.0.1:{proxy.port}/{number}")
        first = stack.enter_context(_process(parted, tmp_path, "a1", lease_seconds=2))
        shots.until(lambda _: taken_by(1, after=watched.created_at))
        stack.callback(first.send_signal, signal.SIGCONT)
        first.send_signal(signal.SIGSTOP)
        stopped_at = datetime.now(UTC)
        second = stack.enter_context(_process(fresh_services, tmp_path, "b2", lease_seconds=2))
        shots.until(lambda _: taken_by(2, after=stopped_at))
        proxy.hold()  # nobody tells it that it lost the camera
        first.send_signal(signal.SIGCONT)
        back_at = datetime.now(UTC)
        shots.until(lambda found: max(shot.scheduled_at for shot in found) > back_at + timedelta(seconds=3))
        proxy.heal()
        wait_for(lambda: set(coordination.members("grabbers")) == {"a1", "b2"})
        for process in (first, second):
            process.terminate()
            process.wait(30)
        while shots.read(1.0):
            pass
    ids = [shot.id for shot in shots.all if shot.scheduled_at > stopped_at]
    assert len(set(ids)) == len(ids)
    keys = [shot.image_key for shot in sorted(shots.of("cam1", Outcome.TAKEN), key=lambda shot: shot.scheduled_at)]
    tokens = [parts.token for key in keys if (parts := read_image_key(key or ""))]
    assert tokens == sorted(tokens)


@contextmanager
def _process(
    services: Services, folder: Path, name: str, *, lease_seconds: int = 6
) -> Iterator[subprocess.Popen[bytes]]:
    own = {"MASKWATCH_REPLICA": name, "MASKWATCH_HEALTH_PORT": "0", "MASKWATCH_DATA": str(folder)}
    own["MASKWATCH_LEASE_SECONDS"] = str(lease_seconds)
    with subprocess.Popen(
        [sys.executable, "-m", "maskwatch", "grabber"], env={**os.environ, **services.environment, **own}
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)
