"""What a parcel's job asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.domain.camera import Camera
from common.domain.job import Job
from common.domain.shot import Outcome, Shot
from common.messages import JOBS, decode
from grabber.parcel import taken
from grabber.picture import Picture

AT = datetime(2026, 1, 1, tzinfo=UTC)
CAMERA = Camera(id="cam", name="Door", url="rtsp://door/", created_at=AT)
SHOT = Shot(id="cam-1", camera_id="cam", scheduled_at=AT, outcome=Outcome.TAKEN, image_key="snapshots/cam/1.jpg")


@pytest.mark.parametrize("is_blurred", [True, False])
def test_whether_faces_are_to_be_blurred_travels_with_the_job(is_blurred: bool) -> None:
    picture = Picture(jpeg=b"jpeg", width=4, height=3, captured_at=AT, fingerprint=b"", brightness=100, contrast=40)
    parcel = taken(replace(CAMERA, blur_faces=is_blurred), SHOT, picture, freshness=timedelta(seconds=60))
    [job] = [decode(Job, body) for queue, body in parcel.messages if queue == JOBS]
    assert job.blur_faces is is_blurred


def test_a_job_of_before_asks_for_no_blurring() -> None:
    body = (
        b'{"type": "job", "version": 1, "body": {"snapshot_id": "cam-1", "camera_id": "cam", "image_key": "k",'
        b' "scheduled_at": "2026-01-01T00:00:00Z", "captured_at": "2026-01-01T00:00:00Z",'
        b' "expires_at": "2026-01-01T00:01:00Z", "width": 640, "height": 480}}'
    )
    assert not decode(Job, body).blur_faces
