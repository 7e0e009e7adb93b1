"""Small pictures, cameras and rules for the analyzer's tests; all times are seconds after START."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from common.domain.camera import Camera
from common.domain.prediction import CLASSES, Box, Face, Label, Prediction
from common.domain.rule import Rule
from common.domain.shot import Outcome, Shot, image_key, shot_id

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
BARE, WRONG, MASKED, UNSURE = Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT, Label.UNCERTAIN


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def make_camera(**fields: Any) -> Camera:
    return Camera(**{"id": "door", "name": "Main door", "url": "rtsp://host/door", "created_at": START, **fields})


def make_rule(**fields: Any) -> Rule:
    return Rule(**{"id": "rule", "name": "Rule", "for_seconds": 4, "keep_firing_seconds": 4, **fields})


def make_face(label: Label = BARE, box: Box = (40, 40, 60, 60)) -> Face:
    sure = {each.value: 0.9 if each is label else 0.05 for each in CLASSES}
    unsure = {each.value: 1 / 3 for each in CLASSES}
    return Face(
        box=box, score=0.9, landmarks=(), label=label, probabilities=unsure if label is Label.UNCERTAIN else sure
    )


def make_prediction(seconds: float, *labels: Label, camera_id: str = "door", **fields: Any) -> Prediction:
    """A picture of 200x100 pixels with one face of 30 px for each label, from the left to the right."""
    return Prediction(
        **{
            "snapshot_id": shot_id(camera_id, at(seconds)),
            "camera_id": camera_id,
            "scheduled_at": at(seconds),
            "captured_at": at(seconds),
            "predicted_at": at(seconds + 1),
            "image_key": image_key(camera_id, at(seconds)),
            "width": 200,
            "height": 100,
            "faces": tuple(make_face(label, (40 * n, 30, 40 * n + 30, 60)) for n, label in enumerate(labels)),
            "model": {},
            **fields,
        }
    )


def make_shot(seconds: float, outcome: Outcome = Outcome.TAKEN, *, camera_id: str = "door") -> Shot:
    return Shot(id=shot_id(camera_id, at(seconds)), camera_id=camera_id, scheduled_at=at(seconds), outcome=outcome)
