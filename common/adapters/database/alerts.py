"""Alerts in the database."""

from __future__ import annotations

import builtins
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select

from common.adapters.database.history import newest_first
from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import alerts
from common.domain.alert import Alert, AlertState
from common.domain.rule import Severity
from common.errors import NotFound


class SqlAlerts:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, alert: Alert) -> None:
        self._session.save(alerts, to_row(alert))

    def get(self, alert_id: str, *, to_change: bool = False) -> Alert:
        query = select(alerts).where(alerts.c.id == alert_id)
        rows = self._session.rows(query.with_for_update() if to_change else query)
        if not rows:
            raise NotFound(f"no alert {alert_id!r}")
        return from_row(Alert, rows[0])

    def for_event(self, event_id: str) -> Alert | None:
        rows = self._session.rows(select(alerts).where(alerts.c.event_id == event_id).with_for_update())
        return from_row(Alert, rows[0]) if rows else None

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
    ) -> builtins.list[Alert]:
        rows = newest_first(
            self._session,
            alerts,
            by="fired_at",
            rule_id=rule_id,
            camera_id=camera_id,
            camera_ids=camera_ids,
            state=state,
            after=after,
            before=before,
            limit=limit,
            also=_conditions(severity, is_acknowledged, group_id),
        )
        return [from_row(Alert, row) for row in rows]

    def reactions(
        self,
        *,
        rule_ids: Collection[str] | None = None,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> builtins.list[float]:
        query = select(alerts.c.fired_at, alerts.c.acknowledged_at).where(alerts.c.acknowledged_at.is_not(None))
        if camera_id is not None:
            query = query.where(alerts.c.camera_id == camera_id)
        for column, wanted in ((alerts.c.rule_id, rule_ids), (alerts.c.camera_id, camera_ids)):
            if wanted is not None:
                query = query.where(column.in_(sorted(wanted)))
        if after is not None:
            query = query.where(alerts.c.fired_at >= after)
        if before is not None:
            query = query.where(alerts.c.fired_at < before)
        return sorted((taken - fired).total_seconds() for fired, taken in self._session.tuples(query))


def _conditions(
    severity: Severity | None, is_acknowledged: bool | None, group_id: str | None
) -> builtins.list[ColumnElement[bool]]:
    found: builtins.list[ColumnElement[bool]] = []
    if severity is not None:
        found.append(alerts.c.severity == severity.value)
    if is_acknowledged is not None:
        acknowledged = alerts.c.acknowledged_at
        found.append(acknowledged.is_not(None) if is_acknowledged else acknowledged.is_(None))
    if group_id is not None:
        found.append(alerts.c.group_id == group_id)
    return found
