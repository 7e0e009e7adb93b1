"""The gate refuses what shows nothing, and says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grabber.picture import Picture
from grabber.quality import Gate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = Picture(
    jpeg=b"x", width=4, height=3, captured_at=NOW, fingerprint=b"1", brightness=110.0, contrast=40.0, is_corrupt=False
)


def gate() -> Gate:
    return Gate(interval=timedelta(seconds=2))


def test_a_good_picture_passes() -> None:
    assert gate().refusal(GOOD, now=NOW) is None


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (replace(GOOD, captured_at=NOW - timedelta(seconds=6)), "stale"),
        (replace(GOOD, is_corrupt=True), "corrupt"),
        (replace(GOOD, brightness=2.0, contrast=1.0), "black"),
        (replace(GOOD, brightness=128.0, contrast=0.5), "blank"),
    ],
)
def test_it_names_what_is_wrong(picture: Picture, reason: str) -> None:
    assert gate().refusal(picture, now=NOW) == reason


def test_a_night_picture_with_a_lamp_is_not_black() -> None:
    assert gate().refusal(replace(GOOD, brightness=6.0, contrast=15.0), now=NOW) is None


def test_a_long_interval_forgives_an_older_picture() -> None:
    picture = replace(GOOD, captured_at=NOW - timedelta(seconds=50))
    assert Gate(interval=timedelta(seconds=30)).refusal(picture, now=NOW) is None


def test_a_picture_that_never_changes_is_frozen_after_a_minute_and_good_again_when_it_moves() -> None:
    watched = gate()
    for seconds in range(0, 61, 2):
        at = NOW + timedelta(seconds=seconds)
        assert watched.refusal(replace(GOOD, captured_at=at), now=at) is None
    at = NOW + timedelta(seconds=62)
    assert watched.refusal(replace(GOOD, captured_at=at), now=at) == "frozen"
    assert watched.refusal(replace(GOOD, captured_at=at, fingerprint=b"2"), now=at) is None


def test_a_still_scene_with_noise_is_not_frozen() -> None:
    watched = gate()
    for seconds in range(0, 300, 2):
        at = NOW + timedelta(seconds=seconds)
        assert watched.refusal(replace(GOOD, captured_at=at, fingerprint=bytes([seconds % 251])), now=at) is None
