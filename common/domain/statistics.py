"""Counts with honest denominators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.prediction import Label
from common.domain.shot import Outcome


class Grouping(StrEnum):
    """What one row of statistics stands for."""

    HOUR = "hour"
    DAY = "day"
    CAMERA = "camera"
    SITE = "site"
    ZONE = "zone"


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """What happened in a stretch of time: shots by what became of them, faces by label, alerts."""

    start: datetime | None = None  # of the hour or day; None when grouped by camera
    camera_id: str | None = None  # None: all cameras
    site: str | None = None  # when grouped by site
    zone: str | None = None  # when grouped by zone
    shots: dict[Outcome, int] = field(default_factory=dict)
    faces: dict[Label, int] = field(default_factory=dict)
    people: dict[Label, int] = field(default_factory=dict)  # each counted once per stay, by what the vote says
    events: int = 0  # that fired
    alerts: int = 0
    acknowledged: int = 0  # alerts
    reaction_seconds: float = 0.0  # of these together, from firing to acknowledgement

    @property
    def scheduled(self) -> int:
        """Shots that were due: every one has exactly one outcome."""
        return sum(self.shots.values())

    @property
    def coverage(self) -> float | None:
        """Share of scheduled shots really observed; None before the first."""
        return self.shots.get(Outcome.PREDICTED, 0) / self.scheduled if self.scheduled else None

    @property
    def compliance(self) -> float | None:
        """Worn properly / (properly + wrongly + none); uncertain faces stand apart. None without such a face."""
        certain = sum(count for label, count in self.faces.items() if label is not Label.UNCERTAIN)
        return self.faces.get(Label.MASK_CORRECT, 0) / certain if certain else None
