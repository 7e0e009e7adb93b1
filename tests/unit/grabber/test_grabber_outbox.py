"""Nothing is lost while the store or the broker is away, and once they are back nothing waits for the backlog."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from common.adapters.open import open_broker, open_store
from common.domain.camera import Camera
from common.domain.job import Job
from common.domain.shot import Outcome, Shot
from common.errors import LeaseLost, Unavailable
from common.messages import JOBS, SHOTS, decode
from common.ports.broker import Broker
from common.ports.store import ObjectStore
from common.runtime.backoff import Backoff
from grabber.outbox import Outbox
from grabber.parcel import Parcel, not_taken, taken
from grabber.picture import Picture
from grabber.spool import Spool
from grabber.spool_folder import claim_folder, left_behind

AT = datetime(2026, 1, 1, tzinfo=UTC)
CAMERA = Camera(id="cam", name="Door", url="rtsp://door/", created_at=AT)


class Failing:
    """A real adapter whose server can be taken away."""

    def __init__(self, real: object, method: str) -> None:
        self._real, self._method, self.is_away = real, method, False
        self.refused = 0

    def __getattr__(self, name: str) -> object:
        if name == self._method and self.is_away:
            self.refused += 1
            raise Unavailable("taken away")
        return getattr(self._real, name)


class Place:
    def __init__(self, folder: Path) -> None:
        self.real_store: ObjectStore = open_store(f"file://{folder}/pictures")
        self.real_broker: Broker = open_broker(f"sqlite:///{folder}/queue.db")
        self.store, self.broker = Failing(self.real_store, "put"), Failing(self.real_broker, "publish")
        self.spool = Spool(folder / "spool", limit_bytes=100_000)
        self.others = folder / "spools"  # of grabbers that share the machine
        self.outbox = Outbox(
            store=self.store,  # type: ignore[arg-type]
            broker=self.broker,  # type: ignore[arg-type]
            spool=self.spool,
            left_behind=partial(left_behind, self.others, limit_bytes=100_000),
        )

    @contextmanager
    def draining(self) -> Iterator[None]:
        """Until the spool is empty."""
        stop = threading.Event()
        thread = threading.Thread(target=self.outbox.run, args=(stop,))
        thread.start()
        try:
            yield
            wait_for(lambda: len(self.spool) == 0)
        finally:
            stop.set()
            thread.join()

    def bodies(self, queue: str) -> list[bytes]:
        found, subscription = [], self.real_broker.subscribe(queue, prefetch=100)
        while (delivery := subscription.receive(0.05)) is not None:
            found.append(delivery.body)
            delivery.ack()
        subscription.close()
        return found


def wait_for(wanted: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if wanted():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("grabber.outbox.OUTAGE", Backoff(first_seconds=0.01, limit_seconds=0.02))
    monkeypatch.setattr("grabber.outbox.IDLE_SECONDS", 0.01)
    place = Place(tmp_path)
    yield place
    place.real_broker.close()
    place.real_store.close()


def snapshot(number: int) -> Parcel:
    at = AT + timedelta(seconds=number)
    shot = Shot(
        id=f"cam-{number}",
        camera_id="cam",
        scheduled_at=at,
        outcome=Outcome.TAKEN,
        captured_at=at,
        image_key=f"{number}.jpg",
    )
    picture = Picture(jpeg=b"jpeg", width=4, height=3, captured_at=at, fingerprint=b"", brightness=100, contrast=40)
    return taken(CAMERA, shot, picture, freshness=timedelta(seconds=60))


def test_a_snapshot_is_stored_then_queued_and_its_job_says_when_it_expires(place: Place) -> None:
    place.outbox.send(snapshot(1))
    assert place.real_store.get("1.jpg") == b"jpeg"
    (job,) = (decode(Job, body) for body in place.bodies(JOBS))
    assert (job.snapshot_id, job.image_key, job.expires_at - job.captured_at) == (
        "cam-1",
        "1.jpg",
        timedelta(seconds=60),
    )
    (shot,) = (decode(Shot, body) for body in place.bodies(SHOTS))
    assert (shot.outcome, shot.image_key) == (Outcome.TAKEN, "1.jpg")


@pytest.mark.parametrize("part", ["store", "broker"])
def test_an_outage_loses_nothing_and_the_oldest_goes_first(place: Place, part: str) -> None:
    server = getattr(place, part)
    server.is_away = True
    place.outbox.send(snapshot(1))
    server.is_away = False
    place.outbox.send(snapshot(2))  # nobody knows yet that the way is free again
    assert len(place.spool) == 2
    with place.draining():
        pass
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1", "cam-2"]
    assert [decode(Shot, body).id for body in place.bodies(SHOTS)] == ["cam-1", "cam-2"]
    assert list(place.real_store.list()) == ["1.jpg", "2.jpg"]


def test_while_the_server_is_away_the_drain_waits_and_then_goes_on(place: Place) -> None:
    place.broker.is_away = True
    place.outbox.send(snapshot(1))
    with place.draining():
        place.broker.is_away = False
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1"]


def test_a_shot_without_a_picture_waits_for_the_broker_too(place: Place) -> None:
    place.broker.is_away = True
    place.outbox.send(
        not_taken(Shot(id="cam-9", camera_id="cam", scheduled_at=AT, outcome=Outcome.FAILED, reason="timeout"))
    )
    place.broker.is_away = False
    with place.draining():
        pass
    (shot,) = (decode(Shot, body) for body in place.bodies(SHOTS))
    assert (shot.id, shot.outcome, shot.reason) == ("cam-9", Outcome.FAILED, "timeout")


@pytest.fixture
def broken_disk(place: Place, tmp_path: Path) -> Path:
    """The spool's folder is gone: nothing can be written there."""
    (tmp_path / "spool").rmdir()
    return tmp_path / "spool"


@pytest.mark.usefixtures("broken_disk")
def test_a_disk_that_takes_no_more_stops_nothing(place: Place) -> None:
    place.broker.is_away = True
    place.outbox.send(snapshot(1))
    assert len(place.spool) == 0
    place.broker.is_away = False
    place.outbox.send(snapshot(2))  # there is nothing to drain, so this one finds out that the way is free
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-2"]


@pytest.mark.usefixtures("broken_disk")
def test_shots_that_no_disk_took_are_counted_once_the_servers_are_back(place: Place) -> None:
    place.store.is_away = True
    place.outbox.send(snapshot(1))
    place.store.is_away, place.broker.is_away = False, True
    place.outbox.send(snapshot(2))  # its picture is stored: only the messages must wait
    place.broker.is_away = False
    found: list[Shot] = []

    def are_both_told() -> bool:
        found.extend(decode(Shot, body) for body in place.bodies(SHOTS))
        return len(found) == 2

    with place.draining():
        wait_for(are_both_told)
    told = {shot.id: (shot.outcome, shot.reason) for shot in found}
    assert told == {"cam-1": (Outcome.FAILED, "spool_full"), "cam-2": (Outcome.TAKEN, "")}
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-2"]


def test_what_no_disk_took_is_kept_at_the_end_if_there_is_room_by_then(place: Place, broken_disk: Path) -> None:
    place.store.is_away = place.broker.is_away = True
    place.outbox.send(snapshot(1))
    broken_disk.mkdir()
    stop = threading.Event()
    stop.set()
    place.outbox.run(stop)
    kept = place.spool.first()
    assert kept is not None
    assert kept[1].shot.outcome is Outcome.FAILED


def test_once_the_drain_got_through_fresh_shots_do_not_wait_for_the_backlog(place: Place) -> None:
    begun, go_on = threading.Event(), threading.Event()
    put = place.real_store.put

    def slow_for_the_second(key: str, data: bytes) -> None:
        if key == "2.jpg":
            begun.set()
            go_on.wait(20)
        put(key, data)

    place.broker.is_away = True
    place.outbox.send(snapshot(1))
    place.outbox.send(snapshot(2))
    place.broker.is_away = False
    place.real_store.put = slow_for_the_second  # type: ignore[method-assign]
    with place.draining():
        assert begun.wait(20)
        place.outbox.send(snapshot(3))
        assert len(place.spool) == 1
        go_on.set()
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1", "cam-3", "cam-2"]


def test_a_disk_error_while_draining_ends_nothing(place: Place, tmp_path: Path) -> None:
    place.store.is_away = True
    place.outbox.send(snapshot(1))
    place.store.is_away, place.broker.is_away = False, True
    obstacle = tmp_path / "spool" / "000000000001.parcel.part"  # where the rest is to be written
    obstacle.mkdir()
    with place.draining():
        wait_for(lambda: place.broker.refused >= 3)
        obstacle.rmdir()
        place.broker.is_away = False
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1"]


def test_what_a_grabber_that_is_gone_left_is_delivered_and_what_a_living_one_has_is_not(place: Place) -> None:
    gone, living = claim_folder(place.others), claim_folder(place.others)
    for number, folder in ((1, gone), (2, living)):
        Spool(folder.path, limit_bytes=100_000).add(snapshot(number))
    gone.release()
    with place.draining():
        wait_for(lambda: not list(gone.path.glob("*.parcel")))
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1"]
    assert len(list(living.path.glob("*.parcel"))) == 1
    living.release()


class Lease:
    """Is lost after it was asked for so many times."""

    def __init__(self, lasts: int) -> None:
        self._lasts = lasts

    def is_held(self) -> bool:
        self._lasts -= 1
        return self._lasts >= 0


@pytest.mark.parametrize(("lasts", "stored"), [(0, []), (1, ["1.jpg"])])
def test_a_shot_whose_camera_is_another_grabbers_by_now_is_not_published(
    place: Place, lasts: int, stored: list[str]
) -> None:
    with pytest.raises(LeaseLost):
        place.outbox.send(replace(snapshot(1), is_ours=Lease(lasts).is_held))
    assert (list(place.real_store.list()), place.bodies(JOBS), place.bodies(SHOTS), len(place.spool)) == (
        stored, [], [], 0,
    )  # fmt: skip


def test_nor_is_it_kept_when_the_lease_ran_out_while_a_server_hung(place: Place) -> None:
    place.store.is_away = True
    with pytest.raises(LeaseLost):
        place.outbox.send(replace(snapshot(1), is_ours=Lease(1).is_held))
    assert len(place.spool) == 0


def test_what_was_kept_in_time_is_delivered_also_after_the_lease(place: Place) -> None:
    place.broker.is_away = True
    place.outbox.send(replace(snapshot(1), is_ours=Lease(3).is_held))
    place.broker.is_away = False
    with place.draining():
        pass
    assert [decode(Job, body).snapshot_id for body in place.bodies(JOBS)] == ["cam-1"]
