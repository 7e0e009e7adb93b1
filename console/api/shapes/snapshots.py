"""snapshots and what was seen in them"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from common.domain.prediction import Label
from common.domain.shot import Outcome


class FaceAnswer(BaseModel):
    """One face; boxes and points in pixels of the picture, origin top left."""

    box: tuple[float, float, float, float]
    score: float
    landmarks: list[tuple[float, float]]
    label: Label
    probabilities: dict[str, float]
    uncovered: list[str]


class PredictionAnswer(BaseModel):
    """What the models said of a picture."""

    snapshot_id: str
    camera_id: str
    captured_at: datetime
    predicted_at: datetime
    width: int = Field(description="pixels, as the faces' boxes are")
    height: int
    model: dict[str, str | None]
    timings_ms: dict[str, float]
    counts: dict[Label, int]
    faces: list[FaceAnswer]


class CropAnswer(BaseModel):
    """A face that is kept apart for a while; for operators."""

    face: int
    image: str


class SnapshotAnswer(BaseModel):
    """A picture that was taken."""

    id: str
    camera_id: str
    scheduled_at: datetime
    captured_at: datetime | None
    outcome: Outcome
    reason: str
    width: int
    height: int
    image: str | None = Field(description="the picture's path; null once it is gone")
    is_blurred: bool = Field(description="whether it is stored with its faces blurred")
    crops: list[CropAnswer] = Field(description="faces at fault that were kept beside it; some may be gone")
    prediction: PredictionAnswer | None


class FeedbackAnswer(BaseModel):
    """What somebody said of a face."""

    id: str
    snapshot_id: str
    camera_id: str
    face: int
    said: Label
    meant: Literal["no_mask", "mask_incorrect", "mask_correct", "uncertain", "no_face"]
    alert_id: str | None
    has_crop: bool
    model: dict[str, str | None] | str
    by: str
    at: datetime


class AlertFeedbackAnswer(BaseModel):
    """What was said of an alert, and of its faces."""

    is_false_positive: bool
    examples: list[FeedbackAnswer]
