"""When something is active."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from common.domain.schedule import Schedule, Window

OFFICE = Schedule(windows=(Window(days=("mon", "tue"), start=time(8), end=time(17)),))
NIGHT = Schedule(windows=(Window(days=("fri",), start=time(22), end=time(6)),))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026: the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_active"),
    [(at(23, 7, 59), False), (at(23, 8), True), (at(24, 16, 59), True), (at(24, 17), False), (at(22, 12), False)],
)
def test_a_window_includes_its_start_and_not_its_end(moment: datetime, is_active: bool) -> None:
    assert OFFICE.is_active(moment) is is_active


@pytest.mark.parametrize(
    ("moment", "is_active"),
    [(at(27, 21, 59), False), (at(27, 22), True), (at(28, 5, 59), True), (at(28, 6), False), (at(27, 3), False)],
)
def test_a_window_may_run_over_midnight(moment: datetime, is_active: bool) -> None:
    assert NIGHT.is_active(moment) is is_active


def test_a_window_that_ends_when_it_starts_lasts_a_day() -> None:
    day = Schedule(windows=(Window(days=("mon",), start=time(9), end=time(9)),))
    assert day.is_active(at(23, 9))
    assert day.is_active(at(24, 8, 59))
    assert not day.is_active(at(24, 9))


def test_the_schedules_own_clock_counts() -> None:
    there = Schedule(windows=OFFICE.windows, timezone="Asia/Tokyo")
    assert there.is_active(at(22, 23, 30))  # Monday 08:30 in Tokyo
    assert not there.is_active(at(24, 8, 30))  # Tuesday 17:30 in Tokyo


def test_without_windows_it_is_never_active() -> None:
    assert not Schedule(windows=()).is_active(at(23, 12))
