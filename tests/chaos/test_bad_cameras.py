"""Cameras that hang in the middle of a picture, send garbage, or lose a fifth of their packets on the way."""

import threading
from collections.abc import Iterator

import pytest

from common.domain.camera import Camera
from common.domain.shot import Outcome
from maskwatch.simulation.server import RtspServer
from tests.acceptance.installation import wait_for
from tests.chaos.camera_server import CameraServer, Mood
from tests.chaos.plant import Plant
from tests.chaos.rtsp_camera import RtspCamera
from tests.chaos.watch import Watch, watching


@pytest.fixture
def video() -> Iterator[tuple[RtspCamera, str]]:
    """A camera that speaks RTSP, and its URL."""
    camera = RtspCamera()
    with RtspServer(("127.0.0.1", 0), {"door": camera}) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield camera, f"rtsp://127.0.0.1:{server.port}/door"
        camera.heal()
        server.shutdown()
        serving.join()


@pytest.mark.parametrize(
    ("mood", "outcomes"),
    [
        (Mood.HANGING, {(Outcome.FAILED, "timeout")}),
        (
            Mood.GARBAGE,
            {(Outcome.FAILED, "unreadable"), (Outcome.FAILED, "timeout"), (Outcome.REJECTED, "corrupt")},
        ),
    ],
)
def test_a_camera_gone_mad_fails_alone_and_is_served_again(
    plant: Plant, stills: CameraServer, video: tuple[RtspCamera, str], mood: Mood, outcomes: set[tuple[Outcome, str]]
) -> None:
    camera, url = video
    with watching(plant, {"good": stills.url("good"), "mad": stills.url("mad"), "video": url}) as watch:
        good, *others = watch.cameras
        stills.moods["mad"] = camera.mood = mood
        for other in others:
            wait_for(lambda each=other: trouble(watch, each), seconds=60, what=f"trouble of {other.name}")
        stills.moods.clear()
        camera.heal()
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not [shot for shot in ledger.page(good).shots if shot.outcome is Outcome.FAILED]
    assert ledger.losses.keys() <= outcomes


def trouble(watch: Watch, camera: Camera) -> bool:
    return bool(watch.shots(camera, Outcome.FAILED, after=watch.began))


def test_a_fifth_of_the_packets_lost_makes_rejected_shots_and_no_broken_pictures(
    plant: Plant, video: tuple[RtspCamera, str]
) -> None:
    camera, url = video
    with watching(plant, {"video": url}) as watch:
        camera.loss = 0.2
        watch.wait_for_outcome(Outcome.REJECTED)
        camera.loss = 0.0
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert {outcome for outcome, _reason in ledger.losses} == {Outcome.REJECTED}
