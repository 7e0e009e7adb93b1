"""A rule as JSON, checked field by field."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.domain.prediction import Label
from common.domain.rule import Condition, Rule, Severity
from console.camera_form import Name
from console.schedule_form import ScheduleForm, schedule_json


class CountBound(BaseModel):
    """{">=": 1}"""

    model_config = ConfigDict(extra="forbid")
    at_least: int = Field(alias=">=", ge=1, le=10_000)


class ShareBound(BaseModel):
    """{">": 0.2}, of the faces whose label is certain"""

    model_config = ConfigDict(extra="forbid")
    above: Annotated[float, Field(alias=">", ge=0, lt=1)]


class ConditionForm(BaseModel):
    """A label, and either how many faces must carry it or which share of them."""

    model_config = ConfigDict(extra="forbid")
    label: Label = Label.NO_MASK
    count: CountBound | None = None
    share: ShareBound | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> ConditionForm:
        if (self.count is None) == (self.share is None):
            raise ValueError('needs exactly one of "count" and "share"')
        return self

    def to_condition(self) -> Condition:
        """The domain's value."""
        return Condition(
            label=self.label,
            count_at_least=self.count.at_least if self.count else None,
            share_above=self.share.above if self.share else None,
        )


class RuleForm(BaseModel):
    """What an operator may say of a rule."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    condition: ConditionForm = Field(examples=[{"label": "no_mask", "count": {">=": 1}}])
    cameras: list[str] = Field([], description="camera ids; empty together with tags: every camera")
    tags: list[Name] = []
    zone: Name | None = None
    for_seconds: float = Field(10, ge=0, le=86_400)
    keep_firing_seconds: float = Field(10, ge=0, le=86_400)
    schedule: ScheduleForm | None = None
    severity: Severity = Severity.WARNING
    receivers: list[Name] = []
    enabled: bool = True

    def to_rule(self, *, rule_id: str) -> Rule:
        """The domain's value."""
        return Rule(
            id=rule_id,
            name=self.name,
            condition=self.condition.to_condition(),
            cameras=tuple(dict.fromkeys(self.cameras)),
            tags=tuple(dict.fromkeys(self.tags)),
            zone=self.zone,
            for_seconds=self.for_seconds,
            keep_firing_seconds=self.keep_firing_seconds,
            schedule=self.schedule.to_schedule() if self.schedule else None,
            severity=self.severity,
            receivers=tuple(self.receivers),
            enabled=self.enabled,
        )


def rule_fields(rule: Rule) -> dict[str, Any]:
    """The JSON that RuleForm reads."""
    condition: dict[str, Any] = {"label": rule.condition.label.value}
    if rule.condition.share_above is not None:
        condition["share"] = {">": rule.condition.share_above}
    else:
        condition["count"] = {">=": rule.condition.count_at_least or 1}
    return {
        "name": rule.name,
        "condition": condition,
        "cameras": list(rule.cameras),
        "tags": list(rule.tags),
        "zone": rule.zone,
        "for_seconds": rule.for_seconds,
        "keep_firing_seconds": rule.keep_firing_seconds,
        "schedule": schedule_json(rule.schedule),
        "severity": rule.severity.value,
        "receivers": list(rule.receivers),
        "enabled": rule.enabled,
    }
