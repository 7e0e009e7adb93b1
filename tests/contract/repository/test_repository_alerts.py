"""Alerts, on every repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from repository_values import (
    ALERT,
    HOUR,
    MINUTE,
    NOON,
)

from common.domain.alert import AlertState
from common.errors import Conflict, NotFound
from common.ports.repository import Repository


class TestAlerts:
    def test_an_alert_is_replaced_as_it_goes_on(self, repository: Repository) -> None:
        handled = replace(
            ALERT,
            state=AlertState.RESOLVED,
            resolved_at=NOON + HOUR,
            acknowledged_at=NOON + MINUTE,
            acknowledged_by="ada",
            is_false_positive=True,
            note="a poster",
        )
        with repository.begin() as unit:
            unit.alerts.save(ALERT)
            assert unit.alerts.for_event("event") == ALERT
            unit.alerts.save(handled)
        with repository.begin() as unit:
            assert unit.alerts.get("alert") == handled
            assert unit.alerts.for_event("other") is None
            with pytest.raises(NotFound):
                unit.alerts.get("never")

    def test_an_event_is_alerted_once(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.alerts.save(ALERT)
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.alerts.save(replace(ALERT, id="second"))

    def test_alerts_are_listed_newest_first(self, repository: Repository) -> None:
        alerts = [replace(ALERT, id=str(n), event_id=str(n), fired_at=NOON + n * HOUR) for n in range(4)]
        with repository.begin() as unit:
            for alert in alerts:
                unit.alerts.save(alert)
            assert unit.alerts.list(limit=2) == [alerts[3], alerts[2]]
            assert unit.alerts.list(after=NOON + HOUR, before=NOON + 2 * HOUR) == [alerts[1]]
            assert unit.alerts.list(state=AlertState.RESOLVED) == []
            assert len(unit.alerts.list(rule_id="rule", camera_id="cam", state=AlertState.FIRING)) == 4
