"""Addresses given on the command line become cameras."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from common.domain.camera import Camera
from common.domain.urls import split_credentials
from common.errors import InvalidInput
from common.ports.clock import Clock, NewId
from common.ports.repository import Unit


def register_sources(
    unit: Unit, addresses: Iterable[str], *, interval_seconds: float, clock: Clock, new_id: NewId
) -> list[Camera]:
    """The cameras of these addresses: a known one as it is, a new one named after its address."""
    cameras = []
    for address in addresses:
        url, username, password = split_credentials(_absolute(address))
        known = next((camera for camera in unit.cameras.list() if camera.url == url), None)
        if known is None:
            known = Camera(
                id=new_id(),
                name=_free_name(unit, _name(url)),
                url=url,
                username=username,
                password=password,
                interval_seconds=interval_seconds,
                created_at=clock(),
            )
            unit.cameras.add(known)
        cameras.append(known)
    return cameras


def _absolute(address: str) -> str:
    """A file's path made absolute, so that it means the same from any folder; a URL as it is."""
    if "://" in address:
        return address
    path = Path(address).expanduser()
    if not path.exists():
        raise InvalidInput(f"--source {address}: no such file or device, and not a URL (rtsp://…, http://…)")
    return str(path.absolute())


def _name(url: str) -> str:
    parts = urlsplit(url)
    return " ".join(part for part in (parts.hostname, Path(parts.path).name) if part) or "camera"


def _free_name(unit: Unit, wanted: str) -> str:
    name, number = wanted, 2
    while unit.cameras.find(name) is not None:
        name, number = f"{wanted} {number}", number + 1
    return name
