"""Capture times stay true while packets wait in the socket."""

from datetime import UTC, datetime, timedelta

from grabber.sources.arrival import ArrivalClock

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_packets_read_late_keep_the_time_they_came() -> None:
    arrivals = ArrivalClock()
    for second in range(5):
        assert arrivals.captured_at(100.0 + second, at(second)) == at(second)
    # The reader hung for six seconds: what waited comes out all at once.
    assert [arrivals.captured_at(105.0 + n, at(11)) for n in range(6)] == [at(5 + n) for n in range(6)]


def test_a_camera_whose_clock_is_slow_is_followed() -> None:
    arrivals = ArrivalClock()
    for second in range(600):
        captured = arrivals.captured_at(second * 0.99, at(second))
    assert at(599) - captured < timedelta(seconds=0.5)


def test_a_new_time_base_is_taken_at_once() -> None:
    arrivals = ArrivalClock()
    arrivals.captured_at(5000.0, at(0))
    assert arrivals.captured_at(0.0, at(1)) == at(1)
    assert arrivals.captured_at(900.0, at(2)) == at(2)


def test_without_stream_time_the_wall_clock_counts() -> None:
    assert ArrivalClock().captured_at(None, at(3)) == at(3)


def test_nothing_is_captured_in_the_future() -> None:
    arrivals = ArrivalClock()
    for second, delay in enumerate([0.5, 0.0, 0.7, 0.2, 0.0]):
        now = at(second + delay)
        assert arrivals.captured_at(float(second), now) <= now
