"""Staying connected or hanging up between shots: by what each was measured to cost."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from common.domain.camera import Camera
from grabber.economy import Economy

CAMERA = Camera(
    id="cam", name="Door", url="rtsp://door/", interval_seconds=60, created_at=datetime(2026, 3, 4, tzinfo=UTC)
)


@dataclass
class Thread:
    """A thread whose processor time the test spends."""

    used: float = 100.0

    def cpu(self) -> float:
        return self.used


class Stream:
    """What the economy looks at."""

    def __init__(self, keyframes: float | None = 2.0) -> None:
        self.keyframe_interval_seconds = keyframes


def decisions(
    costs: list[float], *, camera: Camera = CAMERA, keyframes: float | None = 2.0, least: float = 30
) -> list[bool]:
    """Whether it hangs up after each shot, when the intervals between them cost so much."""
    thread = Thread()
    economy = Economy(camera, least_seconds=least, cpu=thread.cpu)
    economy.opened(0.5)
    found = [economy.took(Stream(keyframes))]  # type: ignore[arg-type]
    for cost in costs:
        thread.used += cost
        found.append(economy.took(Stream(keyframes)))  # type: ignore[arg-type]
    return found


def test_it_stays_once_then_tries_and_keeps_to_hanging_up_when_that_costs_less() -> None:
    assert decisions([0.5, 0.1, 0.1, 0.1]) == [False, True, True, True, True]


def test_it_tries_once_and_stays_when_a_connection_costs_as_much() -> None:
    assert decisions([0.5, 0.4, 0.5, 0.5]) == [False, True, False, False, False]


def test_it_stays_again_when_connections_become_dear() -> None:
    assert decisions([0.5, 0.1, 0.1, 0.9, 0.5, 0.5]) == [False, True, True, True, False, False, False]


@pytest.mark.parametrize("url", ["clip.mp4", "file:///clip.mp4", "/dev/video0", "http://door/mjpeg"])
def test_only_what_a_new_connection_shows_at_once_is_hung_up(url: str) -> None:
    assert not any(decisions([0.5, 0.1, 0.1], camera=replace(CAMERA, url=url)))


def test_short_intervals_stay() -> None:
    assert not any(decisions([0.5, 0.1, 0.1], camera=replace(CAMERA, interval_seconds=29)))
    assert any(decisions([0.5, 0.1, 0.1], camera=replace(CAMERA, interval_seconds=30)))
    assert not any(decisions([0.5, 0.1, 0.1], least=0))


@pytest.mark.parametrize("keyframes", [None, 40.0])
def test_a_camera_whose_keyframes_are_far_apart_or_unknown_stays(keyframes: float | None) -> None:
    assert not any(decisions([0.5, 0.1, 0.1], keyframes=keyframes))


def test_who_hangs_up_connects_early_enough_for_a_keyframe() -> None:
    economy = Economy(CAMERA, least_seconds=30, cpu=Thread().cpu)
    assert economy.lead is None
    economy.opened(0.5)
    economy.took(Stream(4.0))  # type: ignore[arg-type]
    assert economy.lead is not None
    assert economy.lead > timedelta(seconds=4.5)


def test_a_camera_that_refuses_a_connection_per_shot_is_not_hung_up_again() -> None:
    thread = Thread()
    economy = Economy(CAMERA, least_seconds=30, cpu=thread.cpu)
    stream = Stream()
    economy.took(stream)  # type: ignore[arg-type]
    thread.used += 0.5
    assert economy.took(stream)  # type: ignore[arg-type]
    economy.broke()
    assert not economy.is_hung_up
    for cost in (0.1, 0.5, 0.1):
        thread.used += cost
        assert not economy.took(stream)  # type: ignore[arg-type]


def test_a_stream_that_breaks_while_it_is_watched_does_not_count_as_an_interval() -> None:
    thread = Thread()
    economy = Economy(CAMERA, least_seconds=30, cpu=thread.cpu)
    stream = Stream()
    economy.took(stream)  # type: ignore[arg-type]
    economy.broke()
    thread.used += 9
    assert not economy.took(stream)  # type: ignore[arg-type]
    thread.used += 0.5
    assert economy.took(stream)  # type: ignore[arg-type]
