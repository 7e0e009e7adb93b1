"""Slots: the same for every grabber, evenly apart, and only where the schedule asks for them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from common.domain.camera import Camera
from common.domain.schedule import Schedule, Window
from common.domain.shot import shot_id
from grabber.slots import due_slots, next_slot

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
CAMERA = Camera(id="cam1", name="Door", url="rtsp://door/", interval_seconds=5, created_at=NOON)

moments = st.integers(min_value=0, max_value=10**16).map(lambda n: NOON + timedelta(microseconds=n - 10**15))
intervals = st.floats(min_value=0.5, max_value=3600)


@given(at=moments, interval=intervals)
def test_the_next_slot_is_never_past_and_less_than_an_interval_away(at: datetime, interval: float) -> None:
    camera = replace(CAMERA, interval_seconds=interval)
    slot = next_slot(camera, at)
    assert timedelta() <= slot - at < timedelta(milliseconds=round(interval * 1000) + 1)


@given(at=moments, interval=intervals)
def test_a_slot_is_its_own_next_and_survives_its_id(at: datetime, interval: float) -> None:
    slot = next_slot(replace(CAMERA, interval_seconds=interval), at)
    assert next_slot(replace(CAMERA, interval_seconds=interval), slot) == slot
    milliseconds = int(shot_id("cam1", slot).rpartition("-")[2])
    assert datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds) == slot


def test_slots_in_a_minute_are_an_interval_apart() -> None:
    slots = due_slots(CAMERA, after=NOON, until=NOON + timedelta(minutes=1))
    assert len(slots) == 12
    assert {later - earlier for earlier, later in pairwise(slots)} == {timedelta(seconds=5)}


def test_the_end_of_a_stretch_is_counted_once() -> None:
    first = next_slot(CAMERA, NOON)
    assert due_slots(CAMERA, after=first - timedelta(seconds=1), until=first) == [first]
    assert due_slots(CAMERA, after=first, until=first + timedelta(seconds=1)) == []


def test_cameras_of_one_interval_fall_due_at_different_moments() -> None:
    phases = {next_slot(replace(CAMERA, id=f"cam{n}"), NOON) for n in range(50)}
    assert len(phases) > 45


def test_outside_the_schedule_nothing_is_due() -> None:
    schedule = Schedule(windows=(Window(days=("wed",), start=time(11), end=time(12)),))
    camera = replace(CAMERA, schedule=schedule)
    slots = due_slots(camera, after=NOON - timedelta(seconds=30), until=NOON + timedelta(seconds=30))
    assert len(slots) == 6
    assert max(slots) < NOON
