"""A silence as JSON, checked field by field."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.domain.silence import Silence
from console.camera_form import Name

LONGEST_DAYS = 366

Seconds = Annotated[float, Field(gt=0, le=LONGEST_DAYS * 86_400)]


class SilenceForm(BaseModel):
    """What is not told, and until when: `ends_at`, or `seconds` from its start."""

    model_config = ConfigDict(extra="forbid")
    rules: list[str] = Field([], description="rule ids; empty: any")
    cameras: list[str] = Field([], description="camera ids; empty: any")
    sites: list[Name] = []
    tags: list[Name] = []
    starts_at: datetime | None = Field(None, description="none: now")
    ends_at: datetime | None = None
    seconds: Seconds | None = None
    comment: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _one_end(self) -> SilenceForm:
        if (self.ends_at is None) == (self.seconds is None):
            raise ValueError('needs exactly one of "ends_at" and "seconds"')
        for at in (self.starts_at, self.ends_at):
            if at is not None and at.tzinfo is None:
                raise ValueError("times need an offset, such as 2026-03-02T09:00:00Z")
        return self

    def to_silence(self, *, silence_id: str, by: str, now: datetime) -> Silence:
        """The domain's value. Raises ValueError when it ends before it starts, or after a year."""
        starts = self.starts_at or now
        ends = self.ends_at or starts + timedelta(seconds=self.seconds or 0)
        if ends <= starts:
            raise ValueError("it must end after it starts")
        if ends - starts > timedelta(days=LONGEST_DAYS):
            raise ValueError(f"it may last for {LONGEST_DAYS} days at most: disable the rule instead")
        return Silence(
            id=silence_id,
            starts_at=starts,
            ends_at=ends,
            rules=tuple(dict.fromkeys(self.rules)),
            cameras=tuple(dict.fromkeys(self.cameras)),
            sites=tuple(dict.fromkeys(self.sites)),
            tags=tuple(dict.fromkeys(self.tags)),
            comment=self.comment,
            created_by=by,
            created_at=now,
        )


def silence_json(silence: Silence, *, now: datetime) -> dict[str, Any]:
    """A silence, and whether it holds now."""
    return {
        "id": silence.id,
        "rules": list(silence.rules),
        "cameras": list(silence.cameras),
        "sites": list(silence.sites),
        "tags": list(silence.tags),
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
        "comment": silence.comment,
        "created_by": silence.created_by,
        "created_at": silence.created_at,
        "is_active": silence.starts_at <= now < silence.ends_at,
    }
