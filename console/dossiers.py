"""Alerts with what a person wants to know beside them: where, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.domain.alert import Alert, AlertState
from common.errors import NotFound
from common.ports.repository import Unit
from console.context import Console

SEARCHED = 500  # newest alerts that are looked through for those not acknowledged


class Filter(StrEnum):
    """Which alerts to show."""

    ALL = "all"
    OPEN = "open"  # not acknowledged
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """An alert with its place. Names are empty where the camera or the rule was removed."""

    alert: Alert
    camera_name: str = ""
    site: str = ""
    location: str = ""
    rule_name: str = ""


def find_dossiers(console: Console, wanted: Filter, *, limit: int) -> list[Dossier]:
    """The newest alerts of a kind."""
    state = {Filter.FIRING: AlertState.FIRING, Filter.RESOLVED: AlertState.RESOLVED}.get(wanted)
    with console.repository.begin() as unit:
        found = unit.alerts.list(state=state, limit=SEARCHED if wanted is Filter.OPEN else limit)
        if wanted is Filter.OPEN:
            found = [alert for alert in found if alert.acknowledged_at is None][:limit]
        return _dossiers(unit, found)


def read_dossier(console: Console, alert_id: str) -> Dossier | None:
    """One alert; None when there is no such."""
    with console.repository.begin() as unit:
        try:
            return _dossiers(unit, [unit.alerts.get(alert_id)])[0]
        except NotFound:
            return None


def _dossiers(unit: Unit, found: list[Alert]) -> list[Dossier]:
    cameras = {camera.id: camera for camera in unit.cameras.list()}
    rules = {rule.id: rule.name for rule in unit.rules.list()}
    dossiers = []
    for alert in found:
        camera = cameras.get(alert.camera_id)
        dossiers.append(
            Dossier(
                alert=alert,
                camera_name=camera.name if camera else "",
                site=camera.site if camera else "",
                location=camera.location if camera else "",
                rule_name=rules.get(alert.rule_id, ""),
            )
        )
    return dossiers
