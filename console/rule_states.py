"""How rules stand now: where they are pending or firing, and when each last fired."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from common.domain.event import Event, EventState
from common.domain.rule import Rule
from common.ports.repository import Unit


def rule_states(
    unit: Unit, rules: Sequence[Rule], *, camera_ids: Collection[str] | None = None
) -> dict[str, dict[str, Any]]:
    """By rule; `camera_ids`: only what happens on these cameras, None: on any."""
    names = {camera.id: camera.name for camera in unit.cameras.list()}
    events = [event for event in unit.events.open() if camera_ids is None or event.camera_id in camera_ids]
    return {
        rule.id: {
            "firing": _places(events, rule, EventState.FIRING, names),
            "pending": _places(events, rule, EventState.PENDING, names),
            "last_fired_at": _last_fired(unit, rule, camera_ids),
        }
        for rule in rules
    }


def _places(events: Sequence[Event], rule: Rule, state: EventState, names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"camera_id": event.camera_id, "camera": names.get(event.camera_id), "since": event.started_at}
        for event in events
        if event.rule_id == rule.id and event.state is state
    ]


def _last_fired(unit: Unit, rule: Rule, camera_ids: Collection[str] | None) -> datetime | None:
    newest = unit.alerts.list(rule_id=rule.id, camera_ids=camera_ids, limit=1)
    return newest[0].fired_at if newest else None
