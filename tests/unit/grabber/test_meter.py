"""The meter: what a camera's thread takes, over whole windows, while there are pictures."""

from dataclasses import replace
from datetime import UTC, datetime

from common.domain.shot import Outcome, Shot
from grabber.meter import WINDOW_SECONDS, CpuMeter
from grabber.parcel import Parcel, not_taken

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TAKEN = Shot(id="cam-1", camera_id="cam", scheduled_at=NOW, outcome=Outcome.TAKEN, captured_at=NOW)


class Clocks:
    """Time, and a thread that works a tenth of it."""

    def __init__(self) -> None:
        self.seconds, self.share = 1000.0, 0.1

    def now(self) -> float:
        return self.seconds

    def cpu(self) -> float:
        return self.share * self.seconds


def test_the_pace_is_known_after_a_window_and_follows_the_last_one() -> None:
    clocks = Clocks()
    meter = CpuMeter(cpu=clocks.cpu, now=clocks.now)
    meter.read()
    clocks.seconds += WINDOW_SECONDS - 1
    meter.read()
    assert meter.pace is None
    clocks.seconds += 1
    meter.read()
    assert meter.pace == 100
    before = clocks.cpu()
    clocks.seconds += WINDOW_SECONDS
    clocks.share = (before + 0.02 * WINDOW_SECONDS) / clocks.seconds
    meter.read()
    assert meter.pace == 20


def test_a_camera_that_takes_nearly_nothing_still_counts() -> None:
    clocks = Clocks()
    clocks.share = 0.0
    meter = CpuMeter(cpu=clocks.cpu, now=clocks.now)
    meter.read()
    clocks.seconds += WINDOW_SECONDS
    meter.read()
    assert meter.pace == 1


def test_only_shots_with_a_picture_are_read_and_all_are_sent() -> None:
    clocks = Clocks()
    meter = CpuMeter(cpu=clocks.cpu, now=clocks.now)
    sent: list[Parcel] = []
    send = meter.reading(sent.append)
    down = not_taken(replace(TAKEN, outcome=Outcome.FAILED, captured_at=None))
    for parcel in (down, down):
        send(parcel)
        clocks.seconds += WINDOW_SECONDS
    assert meter.pace is None
    send(not_taken(TAKEN))
    clocks.seconds += WINDOW_SECONDS
    send(not_taken(TAKEN))
    assert meter.pace == 100
    assert len(sent) == 4
