"""statistics"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from common.domain.prediction import Label
from common.domain.shot import Outcome


class ShareAnswer(BaseModel):
    """A share with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float
    n: int  # people it is a share of


class StatisticsRow(BaseModel):
    """What happened in a stretch of time."""

    start: datetime | None
    camera_id: str | None
    camera: str | None
    site: str | None
    zone: str | None
    weekday: int | None  # 0: Monday
    hour: int | None
    scheduled: int
    coverage: float | None
    shots: dict[Outcome, int]
    faces: dict[Label, int]
    people: dict[Label, int]
    compliance: ShareAnswer | None
    events: int
    alerts: int
    acknowledged: int
    mean_reaction_seconds: float | None


class ReactionsAnswer(BaseModel):
    """How long alerts waited for the first acknowledgement."""

    acknowledged: int
    mean_seconds: float | None
    median_seconds: float | None
    p90_seconds: float | None
