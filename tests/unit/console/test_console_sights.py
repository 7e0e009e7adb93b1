"""What to make of a camera's latest picture."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from common.domain.camera import Camera
from common.domain.schedule import Schedule, Window
from common.domain.shot import Outcome, Shot
from common.domain.status import CameraState, CameraStatus
from console.sights import Sight, SightState, judge, stale_after

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


def camera(*, enabled: bool = True, interval_seconds: float = 5, schedule: Schedule | None = None) -> Camera:
    return Camera(
        id="c1", name="Door", url="rtsp://h/s", enabled=enabled, interval_seconds=interval_seconds,
        schedule=schedule, created_at=NOW,
    )  # fmt: skip


def shot(age: float) -> Shot:
    at = NOW - timedelta(seconds=age)
    return Shot(id="s1", camera_id="c1", scheduled_at=at, captured_at=at, outcome=Outcome.PREDICTED, image_key="k")


def status(state: CameraState = CameraState.LIVE, *, error: str = "", code: str = "") -> CameraStatus:
    return CameraStatus(camera_id="c1", state=state, since=NOW, grabber="g1", error=error, error_code=code)


def see(age: float | None, said: CameraStatus | None = None, *, of: Camera | None = None) -> Sight:
    return judge(of or camera(), said, None if age is None else shot(age), now=NOW)


def test_a_fresh_picture_is_live() -> None:
    sight = see(3, status())
    assert (sight.state, sight.age_seconds, sight.detail) == (SightState.LIVE, 3.0, "")


@pytest.mark.parametrize(("interval", "limit"), [(0.5, 15), (5, 15), (30, 90)])
def test_old_means_three_intervals_but_never_under_15_seconds(interval: float, limit: float) -> None:
    assert stale_after(interval) == limit


@pytest.mark.parametrize("said", [None, status(), status(CameraState.CONNECTING)])
def test_an_old_picture_is_never_live(said: CameraStatus | None) -> None:
    sight = see(15.1, said)
    assert sight.state is SightState.STALE
    assert sight.detail


def test_a_camera_that_is_down_shows_its_error_even_with_a_fresh_picture() -> None:
    sight = see(1, status(CameraState.DOWN, error="Wrong user or password.", code="auth_failed"))
    assert (sight.state, sight.code, sight.detail) == (SightState.DOWN, "auth_failed", "Wrong user or password.")


@pytest.mark.parametrize("age", [None, 1, 900])
def test_a_camera_whose_pictures_are_refused_is_degraded_however_old_its_last_good_one(age: float | None) -> None:
    sight = see(age, status(CameraState.DEGRADED, error="Something covers the lens.", code="covered"))
    assert (sight.state, sight.code, sight.detail) == (SightState.DEGRADED, "covered", "Something covers the lens.")


def test_without_a_picture_one_waits() -> None:
    assert see(None, status(CameraState.CONNECTING)).state is SightState.WAITING
    assert see(None).detail == "No grabber is watching this camera."


def test_a_camera_that_is_switched_off_is_neither_down_nor_stale() -> None:
    assert see(900, status(CameraState.DOWN), of=camera(enabled=False)).state is SightState.DISABLED


def test_off_hours_are_no_fault() -> None:
    night = Schedule(windows=(Window(days=("mon",), start=time(20), end=time(23)),))
    assert see(900, of=camera(schedule=night)).state is SightState.PAUSED


def test_a_clock_that_runs_behind_makes_no_negative_age() -> None:
    assert see(-2, status()).age_seconds == 0


def test_under_overload_a_picture_is_old_after_three_of_the_stretched_intervals() -> None:
    stretched = judge(camera(), status(), shot(40), now=NOW, level=1 / 15)
    assert (stretched.state, stretched.interval_seconds) == (SightState.LIVE, 15.0)
    shown = stretched.to_json()
    assert (shown["desired_interval_seconds"], shown["effective_interval_seconds"]) == (5, 15.0)
    assert judge(camera(), status(), shot(46), now=NOW, level=1 / 15).state is SightState.STALE
