"""Path and query parameters that name something of a camera: what is out of the asker's reach is not there.

Every endpoint whose path holds one of these ids takes it from here; tests/security walks all routes for that.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from common.domain.user import Reach
from common.errors import NotFound
from console.api.access import Asker, Desk
from console.reach import camera_ids_within, check_camera, seen


def _reach(who: Asker) -> Reach:
    return who.reach


Within = Annotated[Reach, Depends(_reach)]


def _camera_ids(console: Desk, reach: Within) -> frozenset[str] | None:
    if not reach.is_limited:
        return None
    with console.repository.begin() as unit:
        return camera_ids_within(unit, reach)


def _camera(camera_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            check_camera(unit, reach, camera_id, missing=f"no camera {camera_id!r}")
    return camera_id


def _snapshot(snapshot_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            camera_id = unit.shots.get(snapshot_id).camera_id
            check_camera(unit, reach, camera_id, missing=f"no snapshot {snapshot_id!r}")
    return snapshot_id


def _event(event_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            check_camera(unit, reach, unit.events.get(event_id).camera_id, missing=f"no event {event_id!r}")
    return event_id


def _alert(alert_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            check_camera(unit, reach, unit.alerts.get(alert_id).camera_id, missing=f"no alert {alert_id!r}")
    return alert_id


def _rule(rule_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            if not seen(unit, reach, [unit.rules.get(rule_id)]):
                raise NotFound(f"no rule {rule_id!r}")
    return rule_id


def _silence(silence_id: str, console: Desk, reach: Within) -> str:
    if reach.is_limited:
        with console.repository.begin() as unit:
            if not seen(unit, reach, [unit.silences.get(silence_id)]):
                raise NotFound(f"no silence {silence_id!r}")
    return silence_id


CameraIds = Annotated[frozenset[str] | None, Depends(_camera_ids)]  # for the repository's lists
CameraId = Annotated[str, Depends(_camera)]
SnapshotId = Annotated[str, Depends(_snapshot)]
EventId = Annotated[str, Depends(_event)]
AlertId = Annotated[str, Depends(_alert)]
RuleId = Annotated[str, Depends(_rule)]
SilenceId = Annotated[str, Depends(_silence)]
