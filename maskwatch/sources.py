"""Addresses given on the command line become cameras."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from common.domain.camera import Camera
from common.errors import InvalidInput
from console.camera_form import CameraForm
from console.cameras import add_camera, change_camera, draft_camera
from console.context import Console
from console.forms import validate

SIMULATED = "Simulated entrance"  # the name of the demo's camera


def register_sources(console: Console, addresses: Iterable[str], *, interval_seconds: float) -> list[Camera]:
    """The cameras of these addresses: a known one as it is, a new one named after its address.

    Raises InvalidInput for an address that is neither a URL nor a file or device that is there.
    """
    return [_registered(console, _url(address), interval_seconds) for address in addresses]


def register_simulated(console: Console, url: str, *, interval_seconds: float) -> Camera:
    """The simulated camera: its server listens on another port at every start, so a known one moves to the new URL."""
    with console.repository.begin() as unit:
        known = unit.cameras.find(SIMULATED)
    if known is not None:
        return change_camera(console, known.id, {"url": url})
    fields = {"name": SIMULATED, "url": url, "interval_seconds": interval_seconds, "site": "Simulation"}
    return add_camera(console, validate(CameraForm, fields))


def _registered(console: Console, url: str, interval_seconds: float) -> Camera:
    with console.repository.begin() as unit:
        cameras = unit.cameras.list()
    names = {camera.name for camera in cameras}
    form = validate(CameraForm, {"name": "camera", "url": url, "interval_seconds": interval_seconds})
    draft = draft_camera(console, form)
    known = next((camera for camera in cameras if camera.url == draft.url), None)
    return known or add_camera(console, form.model_copy(update={"name": free_name(name_of(draft.url), names)}))


def _url(address: str) -> str:
    if "://" in address or address.startswith("/dev/"):
        return address
    path = Path(address).expanduser()
    if not path.exists():
        raise InvalidInput(
            f"--source {address}: no such file or folder, and not an address (rtsp://…, http://…, /dev/video0)"
        )
    return path.absolute().as_uri()  # means the same from any folder


def name_of(url: str) -> str:
    """What to call a camera nobody named: its host and the last part of its path."""
    parts = urlsplit(url)
    return " ".join(part for part in (parts.hostname, Path(parts.path).name) if part) or "camera"


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """The name, numbered when it is taken."""
    used, name, number = set(taken), wanted, 2
    while name in used:
        name, number = f"{wanted} {number}", number + 1
    return name
