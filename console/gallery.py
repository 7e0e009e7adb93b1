"""Pictures as they are shown: fetched, drawn on, kept for a moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from common.domain.prediction import Face
from common.domain.shot import Shot
from common.errors import NotFound
from common.ports.repository import Unit
from console.context import Console
from console.pictures import render

KEPT = 64  # drawn pictures; everybody who looks at the wall gets the same ones


@dataclass(frozen=True, kw_only=True)
class View:
    """What to do with a picture."""

    boxes: bool = False
    crop: int | None = None  # index of a face
    blur: bool = False


class Gallery:
    """Draws each picture once for all who look at it; thread-safe."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, str, View], bytes] = OrderedDict()

    def latest(self, camera_id: str, view: View) -> tuple[Shot, bytes]:
        """The newest predicted picture of a camera. Raises NotFound when there is no such camera or picture."""
        with self._console.repository.begin() as unit:
            camera = unit.cameras.get(camera_id)
            shot = unit.shots.latest([camera_id]).get(camera_id)
            if shot is None or shot.image_key is None:
                raise NotFound(f"there is no picture of {camera.name} yet")
            faces = _faces(unit, shot.id)
        return shot, self._show(shot.image_key, faces, _private(view, camera.blur_faces))

    def snapshot(self, snapshot_id: str, view: View) -> bytes:
        """Raises NotFound when there is no such snapshot, picture or face."""
        with self._console.repository.begin() as unit:
            shot = unit.shots.get(snapshot_id)
            if shot.image_key is None:
                raise NotFound("no picture was taken in this shot")
            faces, blurred = _faces(unit, shot.id), _is_blurred(unit, shot.camera_id)
        return self._show(shot.image_key, faces, _private(view, blurred))

    def alert(self, alert_id: str, view: View) -> bytes:
        """Raises NotFound when there is no such alert, or it has no picture."""
        with self._console.repository.begin() as unit:
            alert = unit.alerts.get(alert_id)
            if not alert.image_key:
                raise NotFound("this alert has no picture")
            faces, blurred = _faces(unit, alert.snapshot_id), _is_blurred(unit, alert.camera_id)
        return self._show(alert.image_key, faces, _private(view, blurred))

    def _show(self, key: str, faces: tuple[Face, ...], view: View) -> bytes:
        if view == View():
            return self._console.store.get(key)
        # A face holds a dict, so the prediction cannot be a key; its boxes and labels say all that is drawn.
        drawn = (key, repr(faces), view)
        with self._lock:
            if drawn in self._drawn:
                self._drawn.move_to_end(drawn)
                return self._drawn[drawn]
        data = render(self._console.store.get(key), faces, boxes=view.boxes, crop=view.crop, blur=view.blur)
        with self._lock:
            self._drawn[drawn] = data
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return data


def _faces(unit: Unit, snapshot_id: str) -> tuple[Face, ...]:
    prediction = unit.predictions.get_many([snapshot_id]).get(snapshot_id)
    return prediction.faces if prediction else ()


def _is_blurred(unit: Unit, camera_id: str) -> bool:
    try:
        return unit.cameras.get(camera_id).blur_faces
    except NotFound:
        return True  # a removed camera can no longer say: better not to show anybody


def _private(view: View, blurred: bool) -> View:
    return View(boxes=view.boxes, crop=view.crop, blur=view.blur or blurred)
