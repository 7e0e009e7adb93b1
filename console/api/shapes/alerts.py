"""events and alerts"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.alert import AlertState
from common.domain.decision import Verdict
from common.domain.event import EventState
from common.domain.notification import NotificationKind, NotificationState
from common.domain.rule import Severity
from console.api.shapes.rules import RuleAnswer
from console.api.shapes.snapshots import CropAnswer, FaceAnswer, FeedbackAnswer


class EventAnswer(BaseModel):
    """One stretch of time in which a rule's condition held on a camera."""

    id: str
    rule_id: str
    camera_id: str
    state: EventState
    started_at: datetime
    last_true_at: datetime
    evaluated_at: datetime
    fired_at: datetime | None
    resolved_at: datetime | None
    peak_count: int
    snapshot_id: str
    reason: str


class AlertAnswer(BaseModel):
    """What a person is told; the names of what was removed are null."""

    id: str
    event_id: str
    rule_id: str
    rule: str | None
    camera_id: str
    camera: str | None
    site: str
    location: str
    state: AlertState
    severity: Severity
    summary: str
    started_at: datetime
    fired_at: datetime
    resolved_at: datetime | None
    snapshot_id: str
    image: str | None
    count: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    is_false_positive: bool
    note: str
    group_id: str
    snoozed_until: datetime | None
    reason: str


class DecisionAnswer(BaseModel):
    """One stage's word on whether somebody is told."""

    at: datetime
    stage: str
    verdict: Verdict
    reason: str


class MessageAnswer(BaseModel):
    """A message to one receiver."""

    id: str
    receiver_id: str
    receiver: str | None
    kind: NotificationKind
    state: NotificationState
    alert_ids: list[str]
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str


class AlertFaceAnswer(FaceAnswer):
    """A face as the rule saw it."""

    place: int = Field(description="in the prediction")
    is_watched: bool
    is_concerned: bool
    feedback: FeedbackAnswer | None


class AlertPictureAnswer(BaseModel):
    """What was seen in an alert's picture, and what the rule counted."""

    snapshot_id: str
    captured_at: datetime
    width: int
    height: int
    faces: list[AlertFaceAnswer]
    crops: list[CropAnswer]
    is_peak: bool
    watched: int
    certain: int
    matching: int
    share: float | None


class AlertStoryAnswer(AlertAnswer):
    """An alert with why it fired and who was told of it; what is gone is null."""

    event: EventAnswer | None
    definition: RuleAnswer | None = Field(description="the rule as it is now")
    picture: AlertPictureAnswer | None
    decisions: list[DecisionAnswer]
    messages: list[MessageAnswer]
