"""All that changes by itself, read once a second for everybody who looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.domain.alert import Alert
from common.domain.event import Event
from common.domain.prediction import Prediction
from common.errors import NotFound
from console.context import Console
from console.headroom import read_pace
from console.sights import Sight, judge, read_statuses

FRESH_SECONDS = 1.0  # a scene is shown to everybody for so long: one reader per process, not one per browser
NEWEST = 20  # events and alerts that are followed


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The cameras as they look, with the newest predictions, events and alerts."""

    sights: tuple[Sight, ...]
    predictions: dict[str, Prediction]  # by snapshot
    events: tuple[Event, ...]
    alerts: tuple[Alert, ...]


class Watch:
    """Reads the scene when somebody looks, at most once in `FRESH_SECONDS`."""

    def __init__(self, console: Console, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._monotonic = monotonic
        self._reading = threading.Lock()
        self._scene: Scene | None = None
        self._read_at = 0.0

    def scene(self) -> Scene:
        """The scene, at most a second old. Blocks; raises Unavailable."""
        with self._reading:
            now = self._monotonic()
            if self._scene is None or now - self._read_at >= FRESH_SECONDS:
                self._scene = read_scene(self._console, known=self._scene.predictions if self._scene else {})
                self._read_at = now
            return self._scene


def read_scene(console: Console, *, known: Mapping[str, Prediction]) -> Scene:
    """Read all of it now, except predictions that are known: what was said of a snapshot never changes."""
    with console.repository.begin() as unit:
        cameras = unit.cameras.list()
        shots = unit.shots.latest([camera.id for camera in cameras])
        predictions = unit.predictions.get_many([shot.id for shot in shots.values() if shot.id not in known])
        events = unit.events.list(limit=NEWEST)
        alerts = unit.alerts.list(limit=NEWEST)
    statuses = read_statuses(console.coordination, [camera.id for camera in cameras])
    now, level = console.clock(), _level(console)
    return Scene(
        sights=tuple(
            judge(camera, statuses.get(camera.id), shots.get(camera.id), now=now, level=level) for camera in cameras
        ),
        predictions={
            shot.id: known.get(shot.id) or predictions[shot.id]
            for shot in shots.values()
            if shot.id in known or shot.id in predictions
        },
        events=tuple(events),
        alerts=tuple(alerts),
    )


def read_sight(console: Console, camera_id: str) -> Sight:
    """One camera as it looks now. Raises NotFound."""
    with console.repository.begin() as unit:
        camera = unit.cameras.get(camera_id)
        shot = unit.shots.latest([camera_id]).get(camera_id)
    status = read_statuses(console.coordination, [camera_id]).get(camera_id)
    return judge(camera, status, shot, now=console.clock(), level=_level(console))


def newest_prediction(console: Console, camera_id: str) -> Prediction:
    """Of a camera. Raises NotFound when there is no such camera, or no picture of it yet."""
    with console.repository.begin() as unit:
        camera = unit.cameras.get(camera_id)
        shot = unit.shots.latest([camera_id]).get(camera_id)
        if shot is None:
            raise NotFound(f"there is no picture of {camera.name} yet")
        return unit.predictions.get(shot.id)


def _level(console: Console) -> float | None:
    pace = read_pace(console.coordination)
    return pace.level if pace else None
