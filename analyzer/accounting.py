"""Exactly-once numbers from messages that may come twice and in any order."""

from __future__ import annotations

from analyzer.zones import counting_faces
from common.domain.camera import Camera
from common.domain.prediction import Label, Prediction
from common.domain.shot import Outcome, Shot
from common.ports.repository import Unit


def count_shot(unit: Unit, shot: Shot) -> None:
    """Record what became of a shot, and move the numbers of its hour by what the record answers."""
    previous = unit.shots.record(shot)
    if previous is None:
        unit.statistics.add(shot.camera_id, shot.scheduled_at, shots={shot.outcome: 1})
    elif previous is Outcome.TAKEN and shot.outcome is not Outcome.TAKEN:
        unit.statistics.add(shot.camera_id, shot.scheduled_at, shots={Outcome.TAKEN: -1, shot.outcome: 1})


def count_faces(unit: Unit, camera: Camera, prediction: Prediction) -> None:
    """Add a new prediction's faces, those that count, to the hour of its slot."""
    faces: dict[Label, int] = {}
    for face in counting_faces(camera, prediction):
        faces[face.label] = faces.get(face.label, 0) + 1
    if faces:
        unit.statistics.add(camera.id, prediction.scheduled_at, faces=faces)


def predicted_shot(prediction: Prediction) -> Shot:
    """What a prediction says of its shot."""
    return Shot(
        id=prediction.snapshot_id,
        camera_id=prediction.camera_id,
        scheduled_at=prediction.scheduled_at,
        outcome=Outcome.PREDICTED,
        captured_at=prediction.captured_at,
        image_key=prediction.image_key,
        width=prediction.width,
        height=prediction.height,
    )
