"""Which picture goes, and why; and how much must go when the store is over its bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.upkeep.pages import Picture
from analyzer.upkeep.policy import Limits, Reason, aged_before, reason_to_go
from analyzer.upkeep.space import Space
from common.domain.camera import Camera
from common.domain.shot import image_key, read_image_key, shot_id

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIMITS = Limits(
    aged_before=NOW - 30 * DAY,
    clean_before=NOW - 7 * DAY,
    over_before=NOW - 2 * DAY,
    faultless={"clean"},
    shown={"shown.jpg"},
)


def picture(age: timedelta, *, shot: str = "faulty", key: str = "a.jpg") -> Picture:
    at = NOW - age
    return Picture(key=key, shot_id=shot, camera_id="cam", scheduled_at=at, size_bytes=100, stored_at=at)


@pytest.mark.parametrize(
    ("age", "shot", "reason"),
    [
        (31 * DAY, "faulty", Reason.AGE),
        (31 * DAY, "clean", Reason.AGE),
        (8 * DAY, "clean", Reason.CLEAN),
        (8 * DAY, "faulty", Reason.SIZE),
        (3 * DAY, "clean", Reason.SIZE),
        (1 * DAY, "clean", None),
        (30 * DAY, "clean", Reason.CLEAN),  # not older than that
        (2 * DAY, "faulty", None),
    ],
)
def test_the_first_reason_counts(age: timedelta, shot: str, reason: Reason | None) -> None:
    assert reason_to_go(picture(age, shot=shot), LIMITS) is reason
    assert reason_to_go(picture(age, shot=shot, key="shown.jpg"), LIMITS) is None


def test_without_limits_only_age_counts() -> None:
    limits = replace(LIMITS, clean_before=None, over_before=None)
    assert reason_to_go(picture(29 * DAY, shot="clean"), limits) is None
    assert reason_to_go(picture(31 * DAY), limits) is Reason.AGE


def test_a_camera_says_how_long_and_a_removed_one_cannot() -> None:
    camera = Camera(id="cam", name="Door", url="rtsp://host/1", retention_days=3, created_at=NOW)
    assert aged_before(camera, NOW) == NOW - 3 * DAY
    assert aged_before(None, NOW) == NOW - 30 * DAY


def test_the_oldest_hours_go_until_the_rest_fits() -> None:
    space = Space()
    for hours in range(4):
        space.add(NOW - hours * HOUR, 100, is_removable=True)
    assert space.over_before(400) is None
    assert space.over_before(399) == NOW.replace(minute=0) - 2 * HOUR
    assert space.over_before(150) == NOW.replace(minute=0)
    assert space.over_before(0) == NOW.replace(minute=0) + HOUR


def test_what_may_not_go_takes_space_all_the_same() -> None:
    space = Space()
    space.add(NOW - 9 * HOUR, 1000, is_removable=False)
    assert space.over_before(500) is None  # nothing that could go would help
    space.add(NOW - HOUR, 10, is_removable=True)
    assert space.over_before(500) == NOW.replace(minute=0)
    assert space.total_bytes == 1010


@pytest.mark.parametrize("camera_id", ["a1b2c3", "front-door-2", "ü.x"])
def test_a_key_says_whose_and_which_shot_it_is(camera_id: str) -> None:
    at = NOW.replace(microsecond=123456)
    parts = read_image_key(image_key(camera_id, at))
    assert parts is not None
    assert (parts.camera_id, parts.shot_id) == (camera_id, shot_id(camera_id, at))
    assert abs(parts.scheduled_at - at) <= timedelta(microseconds=500)


@pytest.mark.parametrize(
    "key",
    [
        "snapshots/cam/2026/11/22/other-1763814600000.jpg",
        "snapshots/cam/2026/11/cam-1763814600000.jpg",
        "snapshots/cam/2026/11/22/cam-now.jpg",
        "snapshots/cam/2026/11/22/cam-1763814600000.png",
        "backup/snapshots/cam/2026/11/22/cam-1763814600000.jpg",
        "photo.jpg",
    ],
)
def test_a_strangers_key_says_nothing(key: str) -> None:
    assert read_image_key(key) is None


def test_a_key_tells_the_lease_under_which_its_picture_was_taken() -> None:
    assert image_key("cam", NOW, token=12) != image_key("cam", NOW, token=7)
    for token in (0, 7, 12):
        parts = read_image_key(image_key("cam", NOW, token=token))
        assert parts is not None
        assert (parts.shot_id, parts.token) == (shot_id("cam", NOW), token)
