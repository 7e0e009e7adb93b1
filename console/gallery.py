"""Pictures as they are shown: fetched, drawn on, kept for a moment."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import IntEnum

from common.domain.crop import crop_key
from common.domain.prediction import Face
from common.domain.shot import Shot, read_image_key, shows_blurred
from common.errors import NotFound
from common.ports.repository import Unit
from console.context import Console
from console.pictures import render

KEPT_BYTES = 64_000_000  # of drawn pictures; everybody who looks at the wall gets the same ones
KEPT_SECONDS = 600.0  # at most, so that nothing of an erased picture stays: whether it may be shown is asked each time


class Width(IntEnum):
    """Of pictures that are shown small: a bounded set, for each one that is asked for is drawn and kept."""

    TILE = 240
    CARD = 480
    HALF = 960


@dataclass(frozen=True, kw_only=True)
class View:
    """What to do with a picture."""

    boxes: bool = False
    crop: int | None = None  # index of a face
    blur: bool = False
    width: Width | None = None  # the picture's own

    @property
    def shows_faces(self) -> bool:
        """Whether one must know the faces to draw it."""
        return self.boxes or self.blur or self.crop is not None


Drawn = tuple[str, str, View]  # key, faces, how
Seen = Callable[[str], None]  # that somebody looks at a picture of this camera; raises where that cannot be noted


class Gallery:
    """Draws each picture once for all who look at it; thread-safe. Nobody is given one before it was noted that they
    look."""

    def __init__(self, console: Console, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._drawn: OrderedDict[Drawn, Future[bytes]] = OrderedDict()  # also what is being drawn
        self._ages: dict[Drawn, float] = {}
        self._bytes = 0

    def latest(self, camera_id: str, view: View, seen: Seen) -> tuple[Shot, bytes]:
        """The newest predicted picture of a camera. Raises NotFound when there is no such camera or picture."""
        with self._console.repository.begin() as unit:
            camera = unit.cameras.get(camera_id)
            shot = unit.shots.latest([camera_id]).get(camera_id)
            if shot is None or shot.image_key is None:
                raise NotFound(f"there is no picture of {camera.name} yet")
            view = _private(view, shot.image_key, blurred=camera.blur_faces)
            faces = _faces(unit, shot.id, view)
        seen(camera_id)
        return shot, self._show(shot.image_key, faces, view)

    def snapshot(self, snapshot_id: str, view: View, seen: Seen) -> bytes:
        """Raises NotFound when there is no such snapshot, picture or face."""
        with self._console.repository.begin() as unit:
            shot = unit.shots.get(snapshot_id)
            if shot.image_key is None:
                raise NotFound("no picture was taken in this shot")
            view = _private(view, shot.image_key, blurred=_is_blurred(unit, shot.camera_id))
            faces = _faces(unit, shot.id, view)
        seen(shot.camera_id)
        return self._show(shot.image_key, faces, view)

    def alert(self, alert_id: str, view: View, seen: Seen) -> bytes:
        """Raises NotFound when there is no such alert, or it has no picture."""
        with self._console.repository.begin() as unit:
            alert = unit.alerts.get(alert_id)
            if not alert.image_key:
                raise NotFound("this alert has no picture")
            view = _private(view, alert.image_key, blurred=_is_blurred(unit, alert.camera_id))
            faces = _faces(unit, alert.snapshot_id, view)
        seen(alert.camera_id)
        return self._show(alert.image_key, faces, view)

    def kept_face(self, snapshot_id: str, face: int, seen: Seen) -> bytes:
        """A face at fault that was kept beside its blurred picture. Raises NotFound when there is none (any more)."""
        with self._console.repository.begin() as unit:
            shot = unit.shots.get(snapshot_id)
        if shot.image_key is None or not shows_blurred(shot):
            raise NotFound("faces are kept apart of cameras only that blur them")
        seen(shot.camera_id)
        try:
            return self._console.store.get(crop_key(shot.image_key, face))
        except NotFound as exc:
            raise NotFound(f"face {face} was not kept, or its time is over") from exc

    def _show(self, key: str, faces: tuple[Face, ...], view: View) -> bytes:
        if view == View():
            return self._console.store.get(key)
        # A face holds a dict, so the prediction cannot be a key; its boxes and labels say all that is drawn.
        drawn = (key, repr(faces), view)
        with self._lock:
            self._forget_old()
            picture = self._drawn.get(drawn)
            is_mine = picture is None
            if picture is None:
                picture = self._drawn[drawn] = Future()
                self._ages[drawn] = self._monotonic()
        if is_mine:  # all others who ask for it meanwhile wait
            self._draw(drawn, picture, faces)
        return picture.result()

    def _draw(self, drawn: Drawn, picture: Future[bytes], faces: tuple[Face, ...]) -> None:
        key, _, view = drawn
        try:
            data = render(
                self._console.store.get(key), faces, boxes=view.boxes, crop=view.crop, blur=view.blur, width=view.width
            )
        except BaseException as exc:
            with self._lock:
                self._drop(drawn)
            picture.set_exception(exc)
            raise
        with self._lock:
            self._bytes += len(data)
        picture.set_result(data)

    def _forget_old(self) -> None:
        """The oldest first: what is looked at moves on with time, and is drawn again at little cost."""
        limit = self._monotonic() - KEPT_SECONDS
        while self._drawn:
            oldest, picture = next(iter(self._drawn.items()))
            if not picture.done() or (self._ages[oldest] > limit and self._bytes <= KEPT_BYTES):
                return
            self._drop(oldest)
            self._bytes -= len(picture.result())

    def _drop(self, drawn: Drawn) -> None:
        del self._drawn[drawn], self._ages[drawn]


def _faces(unit: Unit, snapshot_id: str, view: View) -> tuple[Face, ...]:
    if not view.shows_faces:
        return ()
    prediction = unit.predictions.get_many([snapshot_id]).get(snapshot_id)
    if prediction is None and view.blur:
        raise NotFound("it is not known where this picture has faces: it is shown once they can be blurred")
    return prediction.faces if prediction else ()


def _is_blurred(unit: Unit, camera_id: str) -> bool:
    try:
        return unit.cameras.get(camera_id).blur_faces
    except NotFound:
        return True  # a removed camera can no longer say: better not to show anybody


def _private(view: View, key: str, *, blurred: bool) -> View:
    """Blurred where that is asked for, by somebody or by the camera; in some pictures faces are blurred already."""
    parts = read_image_key(key)
    return replace(view, blur=(view.blur or blurred) and not (parts is not None and parts.is_blurred))
