"""Alerts, on every repository."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from repository_values import (
    ALERT,
    HOUR,
    MINUTE,
    NOON,
)

from common.domain.alert import Alert, AlertState
from common.domain.rule import Severity
from common.errors import Conflict, NotFound
from common.ports.repository import Repository, Unit


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

    def test_alerts_are_filtered(self, repository: Repository) -> None:
        urgent = replace(ALERT, id="urgent", event_id="1", severity=Severity.CRITICAL)
        taken = replace(ALERT, id="taken", event_id="2", acknowledged_at=NOON, acknowledged_by="ada", group_id="g")
        with repository.begin() as unit:
            for alert in (urgent, taken):
                unit.alerts.save(alert)
            assert unit.alerts.list(severity=Severity.CRITICAL) == [urgent]
            assert unit.alerts.list(is_acknowledged=True) == unit.alerts.list(group_id="g") == [taken]
            assert unit.alerts.list(is_acknowledged=False) == [urgent]

    def test_reactions_are_those_of_acknowledged_alerts(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number, (seconds, camera_id) in enumerate([(30.5, "cam"), (5, "cam"), (60, "other"), (None, "cam")]):
                fired = NOON + number * HOUR
                taken = None if seconds is None else fired + timedelta(seconds=seconds)
                name = str(number)
                unit.alerts.save(
                    replace(
                        ALERT, id=name, event_id=name, rule_id=name, camera_id=camera_id, fired_at=fired,
                        acknowledged_at=taken,
                    )
                )  # fmt: skip
            assert unit.alerts.reactions() == [5, 30.5, 60]
            assert unit.alerts.reactions(camera_id="cam", after=NOON + HOUR) == [5]
            assert unit.alerts.reactions(camera_ids=["other"]) == unit.alerts.reactions(rule_ids=["2"]) == [60]
            assert unit.alerts.reactions(before=NOON) == unit.alerts.reactions(rule_ids=[]) == []

    @pytest.mark.parametrize(
        "read",
        [
            pytest.param(lambda unit: unit.alerts.get("alert", to_change=True), id="by its id"),
            pytest.param(lambda unit: unit.alerts.for_event("event"), id="by its event"),
        ],
    )
    def test_many_changes_at_once_all_stand(self, repository: Repository, read: Callable[[Unit], Alert]) -> None:
        def grow(_number: int) -> None:
            with repository.begin() as unit:
                alert = read(unit)
                unit.alerts.save(replace(alert, count=alert.count + 1))

        with repository.begin() as unit:
            unit.alerts.save(replace(ALERT, count=0))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(grow, range(40)))
        with repository.begin() as unit:
            assert unit.alerts.get("alert").count == 40
