"""What a person says of what the model said: a labelled example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.domain.prediction import Box, Label


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """One face judged by a person. The last word on a face stands."""

    id: str  # see `feedback_id`
    snapshot_id: str
    camera_id: str
    face: int  # its place in the prediction, from 0
    box: Box  # in pixels of the snapshot
    said: Label  # the model's label
    meant: Label | None  # the person's; None: there is no face
    alert_id: str = ""  # that made somebody look
    crop_key: str = ""  # the face in the object store, with what lies around it; empty: it could not be kept
    model: str = ""  # "name@version" of the classifier
    by: str = ""  # a user's name
    at: datetime


def feedback_id(snapshot_id: str, face: int) -> str:
    """The same for whoever judges the face: the last word stands."""
    return f"{snapshot_id}-{face}"
