"""`maskwatch cameras`, by the console's API."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import StreamError
from console.api.shapes.cameras import TestAnswer
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_camera
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of
from maskwatch.sources import free_name, name_of

cameras_app = typer.Typer(help="The cameras that are watched.", no_args_is_help=True)

NameOrId = Annotated[str, typer.Argument(metavar="CAMERA", help="Its name or id.")]
Url = Annotated[str | None, typer.Option(help="rtsp://, onvif://, http://, rtmp://, file:// or /dev/video0.")]
Name = Annotated[str | None, typer.Option(help="What to call it.")]
Username = Annotated[str | None, typer.Option(help="User of the stream.")]
Password = Annotated[str | None, typer.Option(help="Password of the stream; asked for when only the user is given.")]
Interval = Annotated[float | None, typer.Option(help="Seconds between shots, 0.5 to 3600.")]
Weight = Annotated[float | None, typer.Option(help="Share of the shots under overload, 0.01 to 100; 1 is usual.")]
Site = Annotated[str | None, typer.Option(help="The shop, station or ward.")]
Location = Annotated[str | None, typer.Option(help="Where it hangs there.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given more than once.")]
MinFace = Annotated[int | None, typer.Option("--min-face-px", help="Smaller faces do not count.")]
Blur = Annotated[bool | None, typer.Option("--blur/--no-blur", help="Keep pictures only with blurred faces.")]
COLUMNS = ("id", "name", "url", "interval_seconds", "site", "tags", "enabled")


@cameras_app.command("list")
def list_cameras(as_json: AsJson = False) -> None:
    """List the cameras."""
    with desk() as api:
        rows = [row_of(camera) for camera in api.cameras.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no cameras yet: maskwatch cameras add rtsp://…")


@cameras_app.command("show")
def show(camera: NameOrId, as_json: AsJson = False) -> None:
    """Show one camera; never its password."""
    with desk() as api:
        print_one(row_of(find_camera(api, camera)), as_json=as_json)


@cameras_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="rtsp://, onvif://, http://, rtmp://, file:// or /dev/video0.")],
    name: Name = None,
    username: Username = None,
    password: Password = None,
    interval: Interval = None,
    weight: Weight = None,
    site: Site = None,
    location: Location = None,
    tag: Tags = None,
    min_face_px: MinFace = None,
    blur: Blur = None,
    is_tested: Annotated[bool, typer.Option("--test/--no-test", help="Look at the stream first.")] = True,
) -> None:
    """Add a camera; one whose stream fails is refused, unless with --no-test."""
    password = ask_password(username, password)
    given = _given(url, name, username, password, interval, weight, site, location, tag, min_face_px, blur)
    with desk() as api:
        if name is None:
            given["name"] = free_name(name_of(url), {camera.name for camera in api.cameras.list()})
        if is_tested:
            _checked(api.cameras.test_draft(**given))
        camera = api.cameras.add(**given)
    print(f"{camera.id}  {camera.name}")


@cameras_app.command("edit")
def edit(
    camera: NameOrId,
    url: Url = None,
    name: Name = None,
    username: Username = None,
    password: Password = None,
    interval: Interval = None,
    weight: Weight = None,
    site: Site = None,
    location: Location = None,
    tag: Tags = None,
    min_face_px: MinFace = None,
    blur: Blur = None,
) -> None:
    """Change what is given; the rest stays."""
    given = _given(url, name, username, password, interval, weight, site, location, tag, min_face_px, blur)
    _change(camera, given, "changed")


@cameras_app.command("enable")
def enable(camera: NameOrId) -> None:
    """Watch it again."""
    _change(camera, {"enabled": True}, "enabled")


@cameras_app.command("disable")
def disable(camera: NameOrId) -> None:
    """Stop watching it, but keep it."""
    _change(camera, {"enabled": False}, "disabled")


@cameras_app.command("remove")
def remove(camera: NameOrId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget a camera."""
    with desk() as api:
        found = find_camera(api, camera)
        if not yes:
            typer.confirm(f"Remove {found.name}?", abort=True)
        api.cameras.remove(found.id)
    print(f"{found.name} removed")


@cameras_app.command("test")
def look(
    camera: Annotated[str, typer.Argument(metavar="CAMERA|URL", help="A camera's name or id, or an address.")],
    still: Annotated[Path | None, typer.Option(help="Write a still picture (JPEG) to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at a stream now: codec, size, frame rate, keyframes, what a shot costs, or what is wrong."""
    with desk() as api:
        if "://" in camera or camera.startswith("/dev/"):
            seen = api.cameras.test_draft(name="test", url=camera)
        else:
            seen = api.cameras.test(find_camera(api, camera).id)
    answer = _checked(seen)
    if still is not None:
        still.write_bytes(base64.b64decode(str(seen.still).partition(",")[2]))
    print_one(answer, as_json=as_json)


def ask_password(username: str | None, password: str | None) -> str | None:
    """Where a person sits, a password need not stand in the shell's history."""
    if username and password is None and sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    return password


def _change(camera: str, patch: dict[str, Any], word: str) -> None:
    with desk() as api:
        found = api.cameras.change(find_camera(api, camera).id, **patch)
    print(f"{found.name} {word}")


def _checked(seen: TestAnswer) -> dict[str, Any]:
    """What was seen. Raises StreamError where nothing was."""
    if not seen.ok:
        raise StreamError(f"{seen.code}: {seen.detail}")
    return {name: value for name, value in row_of(seen).items() if name not in ("ok", "still")}


def _given(
    url: str | None,
    name: str | None,
    username: str | None,
    password: str | None,
    interval: float | None,
    weight: float | None,
    site: str | None,
    location: str | None,
    tags: list[str] | None,
    min_face_px: int | None,
    blur: bool | None,
) -> dict[str, Any]:
    fields = {
        "url": url,
        "name": name,
        "username": username,
        "password": password,
        "interval_seconds": interval,
        "weight": weight,
        "site": site,
        "location": location,
        "tags": tags or None,
        "min_face_px": min_face_px,
        "blur_faces": blur,
    }
    return {name: value for name, value in fields.items() if value is not None}
