"""Counts with honest denominators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.prediction import Label
from common.domain.share import Share, wilson
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
    """What happened in a stretch of time: shots by what became of them, faces and people by label, events, alerts."""

    start: datetime | None = None  # of the hour or day; None where a row stands for neither
    camera_id: str | None = None  # None: all that were asked for
    site: str | None = None  # when grouped by site; empty: of the cameras without one
    zone: str | None = None  # of the camera, when grouped by zone
    shots: dict[Outcome, int] = field(default_factory=dict)  # of a zone's row: the camera's
    faces: dict[Label, int] = field(default_factory=dict)  # of every picture
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
    def compliance(self) -> Share | None:
        """People with a properly worn mask, of all that could be judged: uncertain ones stand apart. None without."""
        certain = sum(count for label, count in self.people.items() if label is not Label.UNCERTAIN)
        return wilson(self.people.get(Label.MASK_CORRECT, 0), certain)

    @property
    def mean_reaction_seconds(self) -> float | None:
        """From firing to acknowledgement, of the alerts that were acknowledged; None without one."""
        return self.reaction_seconds / self.acknowledged if self.acknowledged else None
