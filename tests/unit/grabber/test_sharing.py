"""Sharing: everybody comes to the same answer, and few cameras move."""

from collections import Counter

from grabber.sharing import chosen, share

CAMERAS = [f"camera-{number}" for number in range(300)]


def test_every_camera_falls_to_exactly_one_member() -> None:
    members = {"a", "b", "c"}
    parts = [share(CAMERAS, replica=member, members=members) for member in members]
    assert sum(len(part) for part in parts) == len(CAMERAS)
    assert set().union(*parts) == set(CAMERAS)


def test_the_parts_are_about_equal() -> None:
    counts = Counter(chosen(camera, {"a", "b", "c"}) for camera in CAMERAS)
    assert all(70 <= count <= 130 for count in counts.values())


def test_when_a_member_goes_only_its_cameras_move() -> None:
    before = {camera: chosen(camera, {"a", "b", "c"}) for camera in CAMERAS}
    after = {camera: chosen(camera, {"a", "b"}) for camera in CAMERAS}
    assert all(after[camera] == before[camera] for camera in CAMERAS if before[camera] != "c")


def test_without_members_nobody_takes_anything() -> None:
    assert chosen("camera-1", set()) is None
    assert share(CAMERAS, replica="a", members=set()) == set()
