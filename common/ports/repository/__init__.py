"""What is kept: cameras, shots, predictions, rules, events, alerts, statistics, users.

Everything happens in a unit of work:

    with repository.begin() as unit:      # commits at the end, rolls back on an exception
        unit.cameras.add(camera)

Lists take `camera_ids`: only what belongs to one of these cameras; None: whatever camera.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from common.domain.sealed import Resealed
from common.ports.repository.alerts import AlertGroups, Alerts, Decisions
from common.ports.repository.cameras import Cameras
from common.ports.repository.people import Feedbacks, Histories, Sightings
from common.ports.repository.privacy import Audit, Erasing, Erasures
from common.ports.repository.receivers import Notifications, Receivers, Silences
from common.ports.repository.retention import Kept, Retention
from common.ports.repository.rules import Events, Rules
from common.ports.repository.shots import PlainPrediction, Predictions, Shots
from common.ports.repository.statistics import StatisticsRows
from common.ports.repository.users import Users

__all__ = (
    "AlertGroups",
    "Alerts",
    "Audit",
    "Cameras",
    "Decisions",
    "Erasing",
    "Erasures",
    "Events",
    "Feedbacks",
    "Histories",
    "Kept",
    "Notifications",
    "PlainPrediction",
    "Predictions",
    "Receivers",
    "Repository",
    "Retention",
    "Rules",
    "Shots",
    "Sightings",
    "Silences",
    "StatisticsRows",
    "Unit",
    "Users",
)


class Unit(Protocol):
    """All collections inside one transaction."""

    @property
    def cameras(self) -> Cameras: ...
    @property
    def shots(self) -> Shots: ...
    @property
    def predictions(self) -> Predictions: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def events(self) -> Events: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def statistics(self) -> StatisticsRows: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def histories(self) -> Histories: ...
    @property
    def sightings(self) -> Sightings: ...
    @property
    def receivers(self) -> Receivers: ...
    @property
    def silences(self) -> Silences: ...
    @property
    def groups(self) -> AlertGroups: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def feedback(self) -> Feedbacks: ...
    @property
    def users(self) -> Users: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def erasing(self) -> Erasing: ...


class Repository(Protocol):
    """The database; thread-safe, one unit per thread at a time. Raises common.errors.Unavailable when it is away."""

    def begin(self) -> AbstractContextManager[Unit]: ...
    def upgrade(self) -> None:
        """Bring the schema to this version's."""

    def check(self) -> None:
        """Raise Unavailable unless the database answers, its schema is this version's and our keys open its secrets."""

    def reseal(self, *, is_dry_run: bool = False) -> Resealed:
        """Seal every secret that is stored with the newest key; a dry run only counts."""

    def close(self) -> None: ...
