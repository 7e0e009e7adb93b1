"""Adding, changing, removing and testing cameras."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import structlog

from common.domain.camera import Camera
from common.domain.probe import Probe
from common.domain.urls import is_same_host, reveal
from common.domain.user import Reach
from common.errors import AddressRefused, StreamError
from console.addresses import check_camera, check_change
from console.camera_form import CameraForm, camera_fields, changed
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.reach import EVERYWHERE, check_stays

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a look at a camera found: what its stream sends, or why there is none."""

    probe: Probe | None = None
    code: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """`ok`, and either the stream with a still (a data URL), or `code` and `detail`."""
        if self.probe is None:
            return {"ok": False, "code": self.code, "detail": self.detail}
        return {
            "ok": True,
            "codec": self.probe.codec,
            "width": self.probe.width,
            "height": self.probe.height,
            "fps": self.probe.fps,
            "keyframe_interval_seconds": self.probe.keyframe_interval_seconds,
            "open_seconds": self.probe.open_seconds,
            "shot_cpu_ms": self.probe.shot_cpu_ms,
            "bytes_per_second": self.probe.bytes_per_second,
            "still": still_url(self.probe),
        }


def still_url(probe: Probe) -> str:
    """The still as a data URL that an <img> shows."""
    return "data:image/jpeg;base64," + base64.b64encode(probe.still).decode()


def add_camera(console: Console, form: CameraForm, *, reach: Reach = EVERYWHERE) -> Camera:
    """Register a camera; grabbers find it by themselves.

    Raises Conflict for a name in use, InvalidForm where it would be out of the reach of whoever adds it.
    """
    camera = form.to_camera(camera_id=console.new_id(), created_at=console.clock())
    check_stays(reach, camera)
    check_camera(console, camera)
    with console.repository.begin() as unit:
        unit.cameras.add(camera)
    log.info("camera.added", camera_id=camera.id, camera=camera.name)
    return camera


def change_camera(console: Console, camera_id: str, patch: dict[str, Any], *, reach: Reach = EVERYWHERE) -> Camera:
    """Change the fields named in `patch`; the password stays unless it is named. Raises NotFound, InvalidForm."""
    saved_camera(console, camera_id, patch)
    with console.repository.begin() as unit:
        wanted = _patched(unit.cameras.get(camera_id), patch)
        check_stays(reach, wanted)
        camera = unit.cameras.update(wanted)
    log.info("camera.changed", camera_id=camera.id, fields=sorted(patch))
    return camera


def remove_camera(console: Console, camera_id: str) -> None:
    """Stop watching it and forget its settings. Raises NotFound."""
    with console.repository.begin() as unit:
        unit.cameras.remove(camera_id)
    log.info("camera.removed", camera_id=camera_id)


def draft_camera(console: Console, form: CameraForm) -> Camera:
    """A camera that is not saved, to be tested. Raises InvalidForm for an address that may not be."""
    camera = form.to_camera(camera_id="draft", created_at=console.clock())
    check_camera(console, camera)
    return camera


def saved_camera(console: Console, camera_id: str, patch: dict[str, Any] | None = None) -> Camera:
    """A saved camera, with what an unsaved edit changes. Raises NotFound, InvalidForm."""
    with console.repository.begin() as unit:
        camera = unit.cameras.get(camera_id)
    if not patch:
        return camera
    wanted = _patched(camera, patch)
    check_change(console, camera, wanted)
    return wanted


def try_camera(console: Console, camera: Camera) -> Finding:
    """Look at its stream now; takes as long as the stream takes to open or fail."""
    try:
        return Finding(probe=console.probe(camera))
    except (StreamError, AddressRefused) as exc:
        log.info("camera.test_failed", camera_id=camera.id, code=exc.code)
        return Finding(code=exc.code, detail=str(exc))


def _patched(camera: Camera, patch: dict[str, Any]) -> Camera:
    fields = camera_fields(camera) | {"url": camera.url, "password": camera.password} | patch
    if isinstance(url := fields["url"], str):  # what was shown with *** and comes back so is as it was
        fields["url"] = reveal(url, camera.url)
    found = changed(camera, validate(CameraForm, fields))
    is_kept = found.password is not None and found.password == camera.password and "password" not in patch
    if is_kept and not is_same_host(found.url, camera.url):  # else whoever may change an address would be told it
        raise InvalidForm([FieldError(field="password", message="is for the old host alone: give it again")])
    return found
