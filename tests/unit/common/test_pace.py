"""Who gets how much when there is not enough for all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.camera import Camera
from common.domain.pace import effective_interval, wanted_rate, water_level

MADE = datetime(2026, 1, 1, tzinfo=UTC)


def camera(interval: float, weight: float = 1.0) -> Camera:
    return Camera(id="c", name="c", url="rtsp://c/", interval_seconds=interval, weight=weight, created_at=MADE)


def test_who_wants_little_keeps_it_and_the_others_share_the_rest_alike() -> None:
    cameras = [camera(60), camera(5), camera(2), camera(1)]
    level = water_level(cameras, 0.9)
    intervals = [effective_interval(one, level) for one in cameras]
    assert intervals[:2] == [60, 5]
    assert intervals[2] == intervals[3] == pytest.approx(2 / (0.9 - 1 / 60 - 0.2))


def test_a_camera_of_twice_the_weight_is_seen_twice_as_often() -> None:
    cameras = [camera(1), camera(1, weight=2), camera(1)]
    level = water_level(cameras, 1.0)
    assert [effective_interval(one, level) for one in cameras] == pytest.approx([4, 2, 4])


def test_with_enough_for_all_there_is_no_level() -> None:
    cameras = [camera(2), camera(4, weight=0.1)]
    assert water_level(cameras, 0.75) is None
    assert water_level([], 1.0) is None
    assert effective_interval(cameras[1], None) == 4


@given(
    st.lists(st.tuples(st.floats(0.5, 3600), st.floats(0.01, 100)), min_size=1, max_size=20),
    st.floats(0.01, 0.999),
)
def test_exactly_the_budget_is_given_out(wishes: list[tuple[float, float]], part: float) -> None:
    cameras = [camera(interval, weight) for interval, weight in wishes]
    budget = part * wanted_rate(cameras)
    level = water_level(cameras, budget)
    assert level is not None
    given_out = sum(1 / effective_interval(one, level) for one in cameras)
    assert given_out == pytest.approx(budget, rel=1e-6)
