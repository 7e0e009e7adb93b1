"""A picture with only those of its faces that count."""

from __future__ import annotations

from analyzer.sightings.look import Look
from common.domain.camera import Camera
from common.domain.prediction import Prediction
from common.domain.watched import watched_faces


def look_at(camera: Camera, prediction: Prediction) -> Look:
    """The picture with the faces that statistics and rules see, each with the watch zones it lies in."""
    found = watched_faces(camera, prediction)
    return Look(
        camera_id=camera.id,
        snapshot_id=prediction.snapshot_id,
        at=prediction.captured_at,
        width=prediction.width,
        height=prediction.height,
        faces=tuple((one.place, one.face) for one in found),
        zones=tuple(one.zones for one in found),
    )
