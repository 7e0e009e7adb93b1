"""Alerts that are told together, and why they were told or not, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, insert, select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import alert_groups, alerts, decisions
from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision
from common.errors import NotFound, Unavailable

TRIES = 10  # the open one may be closed while we wait for it; then ours is added, unless another was quicker
MOST = 500  # alerts of one group looked at: one that is never quiet grows for as long as it likes


class SqlAlertGroups:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, *, key: str | None = None, to_change: bool = False) -> list[AlertGroup]:
        query = select(alert_groups).where(alert_groups.c.closed_at.is_(None))
        if key is not None:
            query = query.where(alert_groups.c.key == key)
        query = query.order_by(alert_groups.c.opened_at, alert_groups.c.id)
        return [
            from_row(AlertGroup, row) for row in self._session.rows(query.with_for_update() if to_change else query)
        ]

    def hold(self, fresh: AlertGroup) -> AlertGroup:
        statement = self._session.insert(alert_groups).values(to_row(fresh)).on_conflict_do_nothing()
        for _try in range(TRIES):
            self._session.run(statement)
            found = self.open(key=fresh.key, to_change=True)
            if found:
                return found[0]
        raise Unavailable(f"the group {fresh.key!r} is closed again and again")

    def get(self, group_id: str, *, to_change: bool = False) -> AlertGroup:
        query = select(alert_groups).where(alert_groups.c.id == group_id)
        rows = self._session.rows(query.with_for_update() if to_change else query)
        if not rows:
            raise NotFound(f"no group of alerts {group_id!r}")
        return from_row(AlertGroup, rows[0])

    def save(self, group: AlertGroup) -> None:
        self._session.save(alert_groups, to_row(group))

    def alerts(self, group_id: str) -> list[Alert]:
        query = select(alerts).where(alerts.c.group_id == group_id)
        query = query.order_by(alerts.c.state, alerts.c.fired_at.desc(), alerts.c.id).limit(
            MOST
        )  # "firing" comes first
        return [from_row(Alert, row) for row in self._session.rows(query)]


class SqlDecisions:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, alert_id: str, decisions_made: Iterable[Decision]) -> None:
        made = list(decisions_made)
        if not made:
            return
        [row] = self._session.rows(
            select(func.max(decisions.c.number).label("last")).where(decisions.c.alert_id == alert_id)
        )
        numbered = [
            replace(decision, alert_id=alert_id, number=number)
            for number, decision in enumerate(made, start=(row["last"] or 0) + 1)
        ]
        self._session.run(insert(decisions).values([to_row(decision) for decision in numbered]))

    def of(self, alert_id: str) -> list[Decision]:
        query = select(decisions).where(decisions.c.alert_id == alert_id).order_by(decisions.c.number)
        return [from_row(Decision, row) for row in self._session.rows(query)]
