"""What differs between two scenes, as the event stream tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from console.scene import Scene
from console.sights import Sight
from console.views import alert_json, event_json, prediction_json

Change = tuple[str, dict[str, Any]]  # kind, body


def changes(before: Scene | None, scene: Scene) -> Iterator[Change]:
    """What is new or different; all of it when there is none before."""
    yield from _of_cameras(before, scene)
    cameras = {sight.camera.id: sight.camera for sight in scene.sights}
    old_events = set(before.events) if before else set()
    for event in reversed(scene.events):
        if event not in old_events:
            yield "event", event_json(event)
    old_alerts = set(before.alerts) if before else set()
    for alert in reversed(scene.alerts):
        if alert not in old_alerts:
            yield "alert", alert_json(alert, cameras.get(alert.camera_id), None)


def message(kind: str, body: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"event: " + kind.encode() + b"\ndata: " + to_json(body) + b"\n\n"


def tick(now: datetime) -> bytes:
    """The server's time: browsers tell ages by it, and know that the connection lives."""
    return message("tick", {"now": now})


def _of_cameras(before: Scene | None, scene: Scene) -> Iterator[Change]:
    known = {sight.camera.id: sight for sight in before.sights} if before else {}
    for sight in scene.sights:
        old = known.pop(sight.camera.id, None)
        if old is None or _looks(old) != _looks(sight):
            yield "camera", sight.to_json()
        prediction = scene.predictions.get(sight.snapshot_id)
        if prediction and (old is None or old.snapshot_id != sight.snapshot_id):
            yield "prediction", prediction_json(prediction)
    for camera_id in known:
        yield "removed", {"camera_id": camera_id}


def _looks(sight: Sight) -> tuple[Any, ...]:
    return sight.camera, sight.state, sight.code, sight.detail, sight.interval_seconds
