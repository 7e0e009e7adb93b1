"""rules and what they would have done"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from common.domain.rule import GroupBy, Severity
from console.api.shapes.cameras import ScheduleAnswer


class ConditionAnswer(BaseModel):
    """As it was said: a label with `count` or `share`, or a `trouble` with `seconds`."""

    label: str | None = None
    count: dict[str, int] | None = Field(None, examples=[{">=": 1}])
    share: dict[str, float] | None = Field(None, examples=[{">": 0.2}])
    trouble: str | None = None
    seconds: dict[str, float] | None = None


class RulePlace(BaseModel):
    """Where a rule is pending or firing."""

    camera_id: str = Field(description="empty: the whole installation")
    camera: str | None
    since: datetime


class RuleState(BaseModel):
    """How a rule stands now."""

    firing: list[RulePlace]
    pending: list[RulePlace]
    last_fired_at: datetime | None


class RuleAnswer(BaseModel):
    """A rule."""

    id: str
    name: str
    condition: ConditionAnswer
    cameras: list[str]
    tags: list[str]
    sites: list[str]
    zone: str | None
    min_face_px: int
    for_seconds: float
    keep_firing_seconds: float
    schedule: ScheduleAnswer | None
    severity: Severity
    receivers: list[str]
    group_by: GroupBy
    repeat_seconds: float
    escalate_seconds: float | None
    escalate_to: list[str]
    enabled: bool


class ListedRuleAnswer(RuleAnswer):
    """With how it stands now."""

    state: RuleState


class WarningsAnswer(BaseModel):
    """What a rule names and nothing has."""

    warnings: list[str]


class WarnedRuleAnswer(RuleAnswer):
    """With what it names and nothing has."""

    warnings: list[str]


class WholeRuleAnswer(WarnedRuleAnswer):
    """With both."""

    state: RuleState


class DayAnswer(BaseModel):
    """What would have fired on a day."""

    day: date
    fired: int
    seconds: float
    people: int
    messages: int


class FiringAnswer(BaseModel):
    """One event that would have fired."""

    camera_id: str
    camera: str | None
    started_at: datetime
    fired_at: datetime
    resolved_at: datetime | None
    seconds: float
    people: int
    snapshot_id: str
    reason: str


class BacktestAnswer(BaseModel):
    """What a rule would have done in the past."""

    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    cameras: int
    pictures: int
    fired: int
    seconds: float
    people: int
    messages: dict[str, int]
    receivers: list[str]
    is_complete: bool
    days: list[DayAnswer]
    firings: list[FiringAnswer]
