"""Counts with honest denominators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from common.domain.prediction import Label
from common.domain.share import Share, wilson
from common.domain.shot import Outcome

Key = TypeVar("Key", Outcome, Label)


class Grouping(StrEnum):
    """What one row of statistics stands for."""

    HOUR = "hour"
    DAY = "day"
    CAMERA = "camera"
    SITE = "site"
    ZONE = "zone"
    WEEKDAY_HOUR = "weekday_hour"  # the hours of a week: when of all Mondays, Tuesdays …
    TOTAL = "total"  # one row


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """What happened in a stretch of time: shots by what became of them, faces and people by label, events, alerts."""

    start: datetime | None = None  # of the hour or day; None where a row stands for neither
    camera_id: str | None = None  # None: all that were asked for
    site: str | None = None  # when grouped by site; empty: of the cameras without one
    zone: str | None = None  # of the camera, when grouped by zone
    weekday: int | None = None  # 0: Monday … 6: Sunday, when grouped by weekday and hour
    hour: int | None = None  # 0 … 23, likewise
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

    def plus(self, other: Statistics, *, times: int = 1) -> Statistics:
        """With the other's numbers added so many times; what is 0 then is left out."""
        return replace(
            self,
            shots=_plus(self.shots, other.shots, times),
            faces=_plus(self.faces, other.faces, times),
            people=_plus(self.people, other.people, times),
            events=self.events + times * other.events,
            alerts=self.alerts + times * other.alerts,
            acknowledged=self.acknowledged + times * other.acknowledged,
            reaction_seconds=self.reaction_seconds + times * other.reaction_seconds,
        )


def _plus(counts: Mapping[Key, int], others: Mapping[Key, int], times: int) -> dict[Key, int]:
    sums = {key: counts.get(key, 0) + times * others.get(key, 0) for key in {**counts, **others}}
    return {key: number for key, number in sums.items() if number}
