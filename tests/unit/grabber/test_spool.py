"""The spool: in order, bounded, and still there after a restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from common.domain.shot import Outcome, Shot
from common.errors import MalformedMessage, Unavailable
from common.messages import JOBS, SHOTS, decode, encode
from grabber.parcel import Parcel
from grabber.spool import Spool
from grabber.spool_folder import claim_folder

AT = datetime(2026, 1, 1, tzinfo=UTC)


def parcel(number: int, *, size: int = 1000) -> Parcel:
    shot = Shot(
        id=f"cam-{number}", camera_id="cam", scheduled_at=AT, outcome=Outcome.TAKEN, image_key=f"snapshots/{number}.jpg"
    )
    return Parcel(shot=shot, jpeg=b"\xff\n" * (size // 2), messages=((JOBS, b'{"job": 1}'), (SHOTS, encode(shot))))


def drain(spool: Spool) -> list[Parcel]:
    found = []
    while (waiting := spool.first()) is not None:
        found.append(waiting[1])
        spool.remove(waiting[0])
    return found


def test_parcels_come_out_as_they_went_in_and_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=100_000)
    parcels = [parcel(number) for number in range(12)]
    for one in parcels:
        spool.add(one)
    assert drain(spool) == parcels
    assert (len(spool), spool.size_bytes) == (0, 0)


def test_a_new_process_finds_what_the_last_one_left(tmp_path: Path) -> None:
    before = Spool(tmp_path, limit_bytes=100_000)
    before.add(parcel(1))
    before.add(parcel(2))
    (tmp_path / "000000000003.parcel.part").write_bytes(b"half")  # it died while writing
    after = Spool(tmp_path, limit_bytes=100_000)
    after.add(parcel(3))
    assert [one.shot.id for one in drain(after)] == ["cam-1", "cam-2", "cam-3"]
    assert list(tmp_path.iterdir()) == []


def test_over_the_bound_the_oldest_pictures_go_first_and_say_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=25_000)
    for number in range(5):
        spool.add(parcel(number, size=8000))
    assert spool.size_bytes <= 25_000
    found = drain(spool)
    assert [one.shot.id for one in found] == [f"cam-{number}" for number in range(5)]
    assert [bool(one.jpeg) for one in found] == [False, False, False, True, True]
    for one in found[:3]:
        ((queue, body),) = one.messages
        shot = decode(Shot, body)
        assert (queue, shot.outcome, shot.reason, shot.image_key) == (SHOTS, Outcome.FAILED, "spool_full", None)


def test_the_bound_holds_even_when_nothing_but_small_messages_wait(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=3000)
    for number in range(40):
        spool.add(parcel(number, size=200))
    assert spool.size_bytes <= 3000
    assert drain(spool)[-1].shot.id == "cam-39"


def test_a_parcel_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=100_000)
    spool.add(parcel(1))
    spool.add(parcel(2))
    (tmp_path / "000000000001.parcel").write_bytes(b"{}\n")
    assert [one.shot.id for one in drain(spool)] == ["cam-2"]


def test_a_parcel_that_the_disk_does_not_give_now_is_kept_and_holds_up_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=100_000)
    spool.add(parcel(1))
    spool.add(parcel(2))
    path, aside = tmp_path / "000000000001.parcel", tmp_path / "aside"
    path.rename(aside)
    path.mkdir()  # reading it is now an error of the disk
    with pytest.raises(Unavailable):
        spool.first()
    waiting = spool.first()
    assert waiting is not None
    assert waiting[1] == parcel(2)
    path.rmdir()
    aside.rename(path)
    assert drain(spool) == [parcel(2), parcel(1)]


def test_a_delivered_parcel_that_cannot_be_deleted_is_not_delivered_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=100_000)
    spool.add(parcel(1))
    waiting = spool.first()
    assert waiting is not None
    path = tmp_path / waiting[0]
    path.unlink()
    path.mkdir()
    spool.remove(waiting[0])
    assert spool.first() is None


def test_a_parcel_is_safe_even_when_the_bound_cannot_be_kept_and_a_later_one_keeps_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=12_000)
    spool.add(parcel(1, size=8000))
    obstacle = tmp_path / "000000000001.parcel.part"  # where the first is to be written without its picture
    obstacle.mkdir()
    spool.add(parcel(2, size=8000))
    spool.add(parcel(3, size=8000))
    assert len(spool) == 3
    obstacle.rmdir()
    spool.add(parcel(4, size=8000))
    assert spool.size_bytes <= 12_000
    found = drain(spool)
    assert [one.shot.id for one in found] == [f"cam-{number}" for number in (1, 2, 3, 4)]
    assert [bool(one.jpeg) for one in found] == [False, False, False, True]


def test_a_delivered_part_is_not_delivered_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=100_000)
    spool.add(parcel(1))
    waiting = spool.first()
    assert waiting is not None
    spool.replace(waiting[0], waiting[1].without_first(1))
    (rest,) = drain(spool)
    assert (rest.jpeg, [queue for queue, _ in rest.messages]) == (b"", [SHOTS])


@pytest.mark.parametrize("data", [b"", b"no json\n", b"{}\n", b'{"shot": 1, "messages": []}\n', b'{"shot": "{}"}'])
def test_what_is_no_parcel_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMessage):
        Parcel.from_bytes(data)


def test_two_grabbers_of_one_machine_never_share_a_folder_and_a_later_one_takes_up_the_first(tmp_path: Path) -> None:
    first, second = claim_folder(tmp_path), claim_folder(tmp_path)
    assert (first.path.name, second.path.name) == ("0", "1")
    first.release()
    third = claim_folder(tmp_path)
    assert third.path == first.path
    second.release()
    third.release()


def test_a_grabber_that_starts_takes_up_what_waits_before_a_free_folder(tmp_path: Path) -> None:
    first, second = claim_folder(tmp_path), claim_folder(tmp_path)
    Spool(second.path, limit_bytes=100_000).add(parcel(1))
    first.release()
    second.release()
    third = claim_folder(tmp_path)
    assert third.path == second.path
    third.release()
