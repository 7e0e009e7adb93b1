"""A rule's condition as JSON, checked field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.domain.prediction import Label
from common.domain.rule import Condition, Trouble

BOUNDS = ("count", "share", "trouble")


class CountBound(BaseModel):
    """{">=": 1}"""

    model_config = ConfigDict(extra="forbid")
    at_least: int = Field(alias=">=", ge=1, le=10_000)


class ShareBound(BaseModel):
    """{">": 0.2}, of the faces whose label is certain"""

    model_config = ConfigDict(extra="forbid")
    above: Annotated[float, Field(alias=">", ge=0, lt=1)]


class SecondsBound(BaseModel):
    """{">": 60}, for which the trouble has lasted"""

    model_config = ConfigDict(extra="forbid")
    above: Annotated[float, Field(alias=">", ge=0, le=86_400)]


class ConditionForm(BaseModel):
    """A label, and either how many faces must carry it or which share of them; or a trouble, and how long it lasts."""

    model_config = ConfigDict(extra="forbid")
    label: Label = Label.NO_MASK
    count: CountBound | None = None
    share: ShareBound | None = None
    trouble: Trouble | None = Field(None, description="of a camera, or of the installation (queue_lag), not of faces")
    seconds: SecondsBound | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> ConditionForm:
        if sum(getattr(self, name) is not None for name in BOUNDS) != 1:
            raise ValueError('needs exactly one of "count", "share" and "trouble"')
        if self.trouble is None and self.seconds is not None:
            raise ValueError('"seconds" is of "trouble"; for faces the rule has for_seconds')
        if self.trouble is not None and "label" in self.model_fields_set:
            raise ValueError('"trouble" has no "label": it looks at no faces')
        return self

    def to_condition(self) -> Condition:
        """The domain's value."""
        if self.trouble is not None:
            condition = Condition(trouble=self.trouble)
            return replace(condition, seconds_above=self.seconds.above) if self.seconds else condition
        return Condition(
            label=self.label,
            count_at_least=self.count.at_least if self.count else None,
            share_above=self.share.above if self.share else None,
        )


def condition_fields(condition: Condition) -> dict[str, Any]:
    """The JSON that ConditionForm reads."""
    if condition.trouble is not None:
        return {"trouble": condition.trouble.value, "seconds": {">": condition.seconds_above}}
    if condition.share_above is not None:
        return {"label": condition.label.value, "share": {">": condition.share_above}}
    return {"label": condition.label.value, "count": {">=": condition.count_at_least or 1}}
