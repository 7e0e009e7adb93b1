"""Hourly counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics


class StatisticsRows(Protocol):
    """Hourly counts per camera, and per zone of it (`zone`; empty: the whole picture)."""

    def add(
        self,
        camera_id: str,
        at: datetime,
        *,
        zone: str = "",
        shots: dict[Outcome, int] | None = None,
        faces: dict[Label, int] | None = None,
        people: dict[Label, int] | None = None,
        events: int = 0,
        alerts: int = 0,
        acknowledged: int = 0,
        reaction_seconds: float = 0.0,
    ) -> None:
        """Add these (also negative) numbers to the row of the hour that holds `at`."""

    def add_many(self, counts: Iterable[Statistics]) -> None:
        """Add the numbers of each to the row of its camera, zone and the hour that holds its `start`.

        Once in a unit, and late in it: the rows are held from then on, and two who take them in another order each
        wait for the other.
        """

    def query(
        self,
        *,
        by: Grouping,
        start: datetime | None = None,
        end: datetime | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        site: str | None = None,
        zone: str | None = None,
        timezone: tzinfo = UTC,
    ) -> list[Statistics]:
        """Ascending by start, camera, site and zone; rows of the hours that begin in [start, end).

        `site`: of the cameras that are there now. `zone`: what was seen in it, beside the shots of the cameras that
        have it; without one, what was seen in the whole picture. An hour belongs to the day, of that time zone, in
        which it begins, and to the weekday and hour of that moment there; starts are in that time zone.
        """

    def hours(self, camera_id: str, *, start: datetime, end: datetime) -> list[Statistics]:
        """The camera's own rows of the hours in [start, end), of every zone; they stay so until this unit ends."""

    def mend(self, *, is_dry_run: bool = False) -> int:
        """Make the sums that are kept for fast queries those of the hours; how many were not, or are not still."""
