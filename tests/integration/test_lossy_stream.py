"""Packets lost between a camera and us, through a real RTSP server: what they break never becomes a snapshot."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import simplejpeg

from common.adapters.open import open_coordination
from common.domain.camera import Camera
from common.domain.shot import Outcome
from common.domain.status import CameraState
from grabber.parcel import Parcel
from grabber.picture import Picture
from grabber.sources.open import open_source
from grabber.sources.source import Reading
from grabber.status import StatusBoard
from grabber.supervisor import Supervisor, Surroundings
from maskwatch.simulation.server import RtspServer
from tests.lossy_camera import HEIGHT, WIDTH, LossyCamera

PATIENCE_SECONDS = 60.0
BLOCK = 16  # pixels: a macroblock
WRONG = (
    14.0  # mean difference of luma within a block: compression leaves less than half of it, a lost block several times
)


@pytest.fixture
def lossy() -> LossyCamera:
    return LossyCamera(seed=5)


@pytest.fixture
def camera(lossy: LossyCamera) -> Iterator[Camera]:
    with RtspServer(("127.0.0.1", 0), {"door": lossy}) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        url = f"rtsp://127.0.0.1:{server.port}/door"
        yield Camera(id="cam", name="Door", url=url, interval_seconds=0.5, created_at=datetime.now(UTC))
        server.shutdown()
        serving.join()


def is_whole(jpeg: bytes, truth: list[np.ndarray]) -> bool:
    """Whether it shows one of the true pictures, in every block."""
    shown = simplejpeg.decode_jpeg(jpeg, colorspace="GRAY")[..., 0].astype(np.float32)
    return min(_worst_block(shown, picture) for picture in truth) < WRONG


def _worst_block(shown: np.ndarray, truth: np.ndarray) -> float:
    blocks = np.abs(shown - truth).reshape(HEIGHT // BLOCK, BLOCK, WIDTH // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


@contextmanager
def watching(camera: Camera) -> Iterator[tuple[Supervisor, list[Parcel]]]:
    sent: list[Parcel] = []
    coordination = open_coordination("memory://")
    supervisor = Supervisor(camera, Surroundings(send=sent.append, board=StatusBoard(coordination), replica="g1"))
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        yield supervisor, sent
    finally:
        stop.set()
        thread.join()
        coordination.close()


def wait_for(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def outcomes(sent: list[Parcel], outcome: Outcome) -> list[Parcel]:
    return [parcel for parcel in sent if parcel.shot.outcome is outcome]


def test_broken_pictures_are_no_snapshots_the_camera_is_degraded_and_live_again(
    lossy: LossyCamera, camera: Camera
) -> None:
    with watching(camera) as (supervisor, sent):
        wait_for(lambda: len(outcomes(sent, Outcome.TAKEN)) >= 3)
        assert supervisor.status.state is CameraState.LIVE
        lossy.loss = 0.2
        wait_for(lambda: supervisor.status.state is CameraState.DEGRADED)
        assert supervisor.status.error_code == "corrupt"
        wait_for(lambda: len(outcomes(sent, Outcome.REJECTED)) >= 8)
        lossy.loss = 0.0
        wait_for(lambda: supervisor.status.state is CameraState.LIVE)
    taken = outcomes(sent, Outcome.TAKEN)
    assert [is_whole(parcel.jpeg, lossy.truth) for parcel in taken] == [True] * len(taken)
    assert {parcel.shot.reason for parcel in outcomes(sent, Outcome.REJECTED)} <= {"corrupt", "torn", "stale", "blank"}


def test_a_few_lost_slices_break_pictures_and_all_of_these_are_known(lossy: LossyCamera, camera: Camera) -> None:
    pictures: list[Picture] = []
    reading, never = Reading(fresh_seconds=0), threading.Event()
    lossy.loss = 0.02
    with open_source(camera, reading) as source:
        for _ in range(30):
            picture = source.shot(reading.clock() + timedelta(seconds=0.15), stop=never)
            assert picture is not None
            pictures.append(picture)
    broken = [picture for picture in pictures if not is_whole(picture.jpeg, lossy.truth)]
    assert broken
    assert all(picture.is_corrupt for picture in broken)
    assert not all(picture.is_corrupt for picture in pictures)
