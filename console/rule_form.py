"""A rule as JSON, checked field by field."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.domain.rule import GroupBy, Rule, Severity, Trouble
from console.camera_form import Name
from console.condition_form import ConditionForm, condition_fields
from console.schedule_form import ScheduleForm, schedule_json

DAY_SECONDS = 86_400


class RuleForm(BaseModel):
    """What an operator may say of a rule."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    condition: ConditionForm = Field(
        examples=[{"label": "no_mask", "count": {">=": 1}}, {"trouble": "camera_down", "seconds": {">": 60}}]
    )
    cameras: list[str] = Field([], description="camera ids; empty together with tags and sites: every camera")
    tags: list[Name] = []
    sites: list[Name] = []
    zone: Name | None = Field(None, description="only faces in the cameras' zone of this name")
    min_face_px: int = Field(
        0, ge=0, le=10_000, description="smaller faces do not count, beside the camera's own bound"
    )
    for_seconds: float = Field(10, ge=0, le=DAY_SECONDS)
    keep_firing_seconds: float = Field(10, ge=0, le=DAY_SECONDS)
    schedule: ScheduleForm | None = None
    severity: Severity = Severity.WARNING
    receivers: list[Name] = Field([], description="names; empty: every enabled receiver")
    group_by: GroupBy = Field(GroupBy.CAMERA, description="which alerts are told together")
    repeat_seconds: float = Field(300, ge=0, le=7 * DAY_SECONDS, description="between two messages of a group")
    escalate_seconds: float | None = Field(None, gt=0, le=7 * DAY_SECONDS, description="unacknowledged for so long")
    escalate_to: list[Name] = Field([], description="receivers who are told then")
    enabled: bool = True

    @model_validator(mode="after")
    def _fitting(self) -> RuleForm:
        if self.condition.trouble is not None and (self.zone is not None or self.min_face_px):
            raise ValueError("condition: a rule about trouble looks at no faces, so it has no zone and no min_face_px")
        is_of_all = not (self.cameras or self.tags or self.sites)
        if self.condition.trouble is Trouble.QUEUE_LAG and not is_of_all:
            raise ValueError("condition: queue_lag is of the whole installation, not of cameras, tags or sites")
        if (self.escalate_seconds is None) != (not self.escalate_to):
            raise ValueError(
                "escalate_seconds: needs escalate_to, and the other way round: after how long, and to whom"
            )
        return self

    def to_rule(self, *, rule_id: str) -> Rule:
        """The domain's value."""
        return Rule(
            id=rule_id,
            name=self.name,
            condition=self.condition.to_condition(),
            cameras=tuple(dict.fromkeys(self.cameras)),
            tags=tuple(dict.fromkeys(self.tags)),
            sites=tuple(dict.fromkeys(self.sites)),
            zone=self.zone,
            min_face_px=self.min_face_px,
            for_seconds=self.for_seconds,
            keep_firing_seconds=self.keep_firing_seconds,
            schedule=self.schedule.to_schedule() if self.schedule else None,
            severity=self.severity,
            receivers=tuple(dict.fromkeys(self.receivers)),
            group_by=self.group_by,
            repeat_seconds=self.repeat_seconds,
            escalate_seconds=self.escalate_seconds,
            escalate_to=tuple(dict.fromkeys(self.escalate_to)),
            enabled=self.enabled,
        )


def rule_fields(rule: Rule) -> dict[str, Any]:
    """The JSON that RuleForm reads."""
    return {
        "name": rule.name,
        "condition": condition_fields(rule.condition),
        "cameras": list(rule.cameras),
        "tags": list(rule.tags),
        "sites": list(rule.sites),
        "zone": rule.zone,
        "min_face_px": rule.min_face_px,
        "for_seconds": rule.for_seconds,
        "keep_firing_seconds": rule.keep_firing_seconds,
        "schedule": schedule_json(rule.schedule),
        "severity": rule.severity.value,
        "receivers": list(rule.receivers),
        "group_by": rule.group_by.value,
        "repeat_seconds": rule.repeat_seconds,
        "escalate_seconds": rule.escalate_seconds,
        "escalate_to": list(rule.escalate_to),
        "enabled": rule.enabled,
    }
