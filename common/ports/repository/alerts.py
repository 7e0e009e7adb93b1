"""What people are told: alerts, their groups, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision
from common.domain.rule import Severity


class Alerts(Protocol):
    """One per event that fired."""

    def save(self, alert: Alert) -> None:
        """Add or replace."""

    def get(self, alert_id: str, *, to_change: bool = False) -> Alert:
        """`to_change`: as it is now, and it stays so for others until this unit ends."""

    def for_event(self, event_id: str) -> Alert | None:
        """The alert to change with its event; held like `to_change`."""

    def reactions(
        self,
        *,
        rule_ids: Collection[str] | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> list[float]:
        """Seconds from firing to acknowledgement, ascending, of the alerts that fired then and were acknowledged."""

    def list(
        self,
        *,
        rule_id: str | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        state: AlertState | None = None,
        severity: Severity | None = None,
        is_acknowledged: bool | None = None,
        group_id: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Alert]:
        """Newest first by `fired_at`; `after` inclusive, `before` exclusive."""


class AlertGroups(Protocol):
    """Alerts that are told together."""

    def open(self, *, key: str | None = None, to_change: bool = False) -> list[AlertGroup]:
        """The open ones (of the key: at most one), oldest first; `to_change` as in `Events.open`."""

    def hold(self, fresh: AlertGroup) -> AlertGroup:
        """The open group of that key, else `fresh`, stored; it is the caller's alone until this unit ends."""

    def get(self, group_id: str, *, to_change: bool = False) -> AlertGroup: ...
    def save(self, group: AlertGroup) -> None:
        """Add or replace; a second open one of a key raises Conflict."""

    def alerts(self, group_id: str) -> list[Alert]:
        """Its alerts, the firing ones first, then newest first by `fired_at`; a bounded number of them."""


class Decisions(Protocol):
    """Every stage's word on every alert."""

    def add(self, alert_id: str, decisions_made: Iterable[Decision]) -> None:
        """Append; their numbers are given here."""

    def of(self, alert_id: str) -> list[Decision]:
        """In their order."""
