"""Shots, jobs and predictions as a running installation makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common.domain.camera import Camera
from common.domain.job import Job
from common.domain.prediction import Face, Label, Prediction
from common.domain.shot import Outcome, Shot, image_key, shot_id

START = datetime(2026, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)
INTERVAL = timedelta(seconds=5)
CAMERAS = 10
WIDTH, HEIGHT = 1920, 1080
LATER = timedelta(milliseconds=217, microseconds=345)
MODEL: dict[str, str | None] = {"detector": "yoloface-server@2", "classifier": "efficientnet-b0@2", "fit": "unet@1"}
TIMINGS_MS = {"decode": 7.612, "detect": 25.513, "classify": 9.541, "fit": 5.427}
FACE = Face(
    box=(801.40625, 377.28125, 897.15625, 501.84375),
    score=0.8671875,
    landmarks=tuple((812.34375 + 10 * number, 401.71875 + 7 * number) for number in range(5)),
    label=Label.MASK_CORRECT,
    probabilities={"no_mask": 0.0123456789, "mask_incorrect": 0.0345678912, "mask_correct": 0.9530864299},
)


def camera(number: int) -> Camera:
    """One of CAMERAS."""
    return Camera(id=f"{0xABCDEF000000 + number:012x}", name=f"Door {number}", url="rtsp://door/", created_at=START)


def shot(number: int) -> Shot:
    """The cameras take turns."""
    camera_id, at = camera(number % CAMERAS).id, START + number // CAMERAS * INTERVAL
    return Shot(
        id=shot_id(camera_id, at),
        camera_id=camera_id,
        scheduled_at=at,
        outcome=Outcome.TAKEN,
        captured_at=at + LATER,
        image_key=image_key(camera_id, at),
        width=WIDTH,
        height=HEIGHT,
    )


def job(number: int) -> Job:
    """Of that shot."""
    taken = shot(number)
    return Job(
        snapshot_id=taken.id,
        camera_id=taken.camera_id,
        scheduled_at=taken.scheduled_at,
        captured_at=taken.scheduled_at + LATER,
        expires_at=taken.scheduled_at + LATER + timedelta(seconds=60),
        image_key=taken.image_key or "",
        width=WIDTH,
        height=HEIGHT,
    )


def prediction(number: int, *, faces: int) -> Prediction:
    """Of that shot."""
    asked = job(number)
    return Prediction(
        snapshot_id=asked.snapshot_id,
        camera_id=asked.camera_id,
        scheduled_at=asked.scheduled_at,
        captured_at=asked.captured_at,
        predicted_at=asked.captured_at + LATER,
        image_key=asked.image_key,
        width=WIDTH,
        height=HEIGHT,
        faces=(FACE,) * faces,
        model=MODEL,
        timings_ms=TIMINGS_MS,
    )
