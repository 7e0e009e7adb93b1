"""Cameras whose pictures were looked at: rows and files as grabber, processor and analyzer make them, without these."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import cv2
import simplejpeg

from bench.pictures import turnstile
from bench.units.samples import FACE, MODEL, TIMINGS_MS
from common.adapters.open import open_repository, open_store
from common.domain.camera import Camera
from common.domain.prediction import Label, Prediction
from common.domain.shot import Outcome, Shot, image_key, shot_id

INTERVAL_SECONDS = 5.0
WIDTH, HEIGHT = 1920, 1080
QUALITY = 85  # a 1080p picture of about 300 kB
SITES = 5
PAST_SHOTS = 120  # of each camera, ten minutes: their rows without the pictures
FACES = (FACE, replace(FACE, box=(1203.4, 401.1, 1290.0, 518.5), label=Label.NO_MASK))


class Plant:
    """A database and a store in a folder, and a thread that takes a picture of each camera in turn."""

    def __init__(self, folder: Path, *, cameras: int) -> None:
        self.database = f"sqlite:///{folder}/maskwatch.db"
        self.store = f"file://{folder}/pictures"
        self.folder = folder
        self._repository = open_repository(self.database)
        self._repository.upgrade()
        self._store = open_store(self.store)
        self._cameras = [_camera(number) for number in range(cameras)]
        self._stop = threading.Event()
        with self._repository.begin() as unit:
            for camera in self._cameras:
                unit.cameras.add(camera)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Pictures come; each camera has one from the start, and a past."""
        self._remember()
        for number, _ in enumerate(self._cameras):
            self._take(number)
        thread = threading.Thread(target=self._run, name="plant", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._repository.close()

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(INTERVAL_SECONDS / len(self._cameras)):
            self._take(number)
            number += 1

    def _remember(self) -> None:
        now = datetime.now(UTC)
        with self._repository.begin() as unit:
            for camera in self._cameras:
                for step in range(1, PAST_SHOTS):
                    shot, prediction = _looked_at(camera, now - timedelta(seconds=step * INTERVAL_SECONDS))
                    unit.shots.record(shot)
                    unit.predictions.add(prediction)

    def _take(self, number: int) -> None:
        shot, prediction = _looked_at(self._cameras[number % len(self._cameras)], datetime.now(UTC))
        self._store.put(shot.image_key or "", _pictures()[number % len(_pictures())])
        with self._repository.begin() as unit:
            unit.shots.record(shot)
            unit.predictions.add(prediction)


def _looked_at(camera: Camera, at: datetime) -> tuple[Shot, Prediction]:
    key, snapshot = image_key(camera.id, at), shot_id(camera.id, at)
    shot = Shot(
        id=snapshot, camera_id=camera.id, scheduled_at=at, captured_at=at, outcome=Outcome.PREDICTED,
        image_key=key, width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    prediction = Prediction(
        snapshot_id=snapshot, camera_id=camera.id, scheduled_at=at, captured_at=at, predicted_at=at, faces=FACES,
        image_key=key, width=WIDTH, height=HEIGHT, model=MODEL, timings_ms=TIMINGS_MS,
    )  # fmt: skip
    return shot, prediction


def _camera(number: int) -> Camera:
    return Camera(
        id=f"camera{number:03}",
        name=f"Camera {number:03}",
        url="rtsp://camera.example/live",
        site=f"Site {number % SITES}",
        tags=("door",) if number % 2 else (),
        interval_seconds=INTERVAL_SECONDS,
        created_at=datetime.now(UTC),
    )


@cache
def _pictures() -> tuple[bytes, ...]:
    drawn = (simplejpeg.decode_jpeg(data, colorspace="BGR") for data in turnstile().pictures)
    large = (cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) for picture in drawn)
    return tuple(simplejpeg.encode_jpeg(picture, quality=QUALITY, colorspace="BGR") for picture in large)
