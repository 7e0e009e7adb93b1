"""What a silence would hide, told before it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.silence import Silence
from common.domain.user import Reach
from common.errors import InvalidInput
from console.context import Console
from console.reach import EVERYWHERE, camera_ids_within, cameras_within, seen
from console.silence_form import SilenceForm

LOOKED_BACK = timedelta(days=7)
MOST = 1000  # alerts that are looked at


def preview_silence(console: Console, form: SilenceForm, *, reach: Reach = EVERYWHERE) -> dict[str, Any]:
    """As the analyzer would decide, of what is within reach. Raises InvalidInput for times that make no sense."""
    now = console.clock()
    try:
        silence = form.to_silence(silence_id="", by="", now=now)
    except ValueError as exc:
        raise InvalidInput(str(exc)) from exc
    with console.repository.begin() as unit:
        cameras = {camera.id: camera for camera in cameras_within(unit, reach)}
        rules = {rule.id: rule.name for rule in seen(unit, reach, unit.rules.list())}
        ids = camera_ids_within(unit, reach)

        def hides(alert: Alert) -> bool:
            return _covers(silence, alert.rule_id, cameras.get(alert.camera_id))

        past = unit.alerts.list(camera_ids=ids, after=now - LOOKED_BACK, limit=MOST)
        now_firing = unit.alerts.list(camera_ids=ids, state=AlertState.FIRING, limit=MOST)
        firing = [alert for alert in now_firing if hides(alert)]
    is_narrow = bool(silence.cameras or silence.sites or silence.tags)
    covered = [camera for camera in cameras.values() if _covers(replace(silence, rules=()), "", camera)]
    return {
        "is_everything": not is_narrow and not silence.rules,
        "cameras": [{"id": camera.id, "name": camera.name} for camera in covered],
        "rules": [
            {"id": key, "name": name} for key, name in rules.items() if not silence.rules or key in silence.rules
        ],
        "firing": [
            {"id": one.id, "summary": one.summary, "camera": _name(cameras.get(one.camera_id))} for one in firing
        ],
        "last_week": sum(hides(alert) for alert in past),
        "of_last_week": len(past),
    }


def _covers(silence: Silence, rule_id: str, camera: Camera | None) -> bool:
    return silence.covers(rule_id=rule_id, camera=camera, at=silence.starts_at)


def _name(camera: Camera | None) -> str | None:
    return camera.name if camera else None
