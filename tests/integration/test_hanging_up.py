"""A real camera that is hung up between two shots, and called again in time for the next."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from common.adapters.open import open_coordination
from common.domain.camera import Camera
from common.domain.shot import Outcome
from grabber.parcel import Parcel
from grabber.slots import due_slots
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source
from grabber.status import StatusBoard
from grabber.supervisor import Supervisor, Surroundings
from maskwatch.simulation import start_camera

INTERVAL_SECONDS = 15.0  # long enough for a slow machine, which must connect the earlier
PATIENCE_SECONDS = 200.0  # this test judges what happens, not how fast this machine is


def test_a_camera_called_for_one_shot_shows_the_present() -> None:
    opened: list[datetime] = []
    sent: list[Parcel] = []
    stop = threading.Event()

    def open_and_note(camera: Camera, reading: Reading) -> Source:
        opened.append(reading.clock())
        return open_source(camera, reading)

    def note(parcel: Parcel) -> None:
        sent.append(parcel)
        if len(opened) > 1 and parcel.shot.outcome is Outcome.TAKEN and parcel.shot.scheduled_at > opened[1]:
            stop.set()

    around = Surroundings(
        send=note,
        board=StatusBoard(open_coordination("memory://")),
        replica="g1",
        hang_up_seconds=1,
        open_source=open_and_note,
    )
    with start_camera() as running:
        camera = Camera(
            id="cam",
            name="Door",
            url=running.url,
            interval_seconds=INTERVAL_SECONDS,
            created_at=datetime.now(UTC),
        )
        giving_up = threading.Timer(PATIENCE_SECONDS, stop.set)
        giving_up.start()
        Supervisor(camera, around).run(stop)
        giving_up.cancel()
    assert len(opened) > 1, f"never hung up; {[parcel.shot.outcome for parcel in sent]}"
    shots = [parcel.shot for parcel in sent]
    assert [shot.scheduled_at for shot in shots] == due_slots(
        camera, after=shots[0].scheduled_at - timedelta(milliseconds=1), until=shots[-1].scheduled_at
    )
    last = shots[-1]
    assert last.outcome is Outcome.TAKEN
    assert last.captured_at is not None
    assert opened[1] < last.captured_at
    assert last.scheduled_at - last.captured_at < timedelta(seconds=INTERVAL_SECONDS / 2)
