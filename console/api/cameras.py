"""cameras"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from common.domain.camera import Camera
from common.domain.shot import Outcome
from common.domain.user import Area, Role
from console import cameras
from console.api.access import Desk, Noted, Pictures, require
from console.api.answers import Page, answers, picture
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.reachable import CameraId
from console.api.shapes.cameras import CameraAnswer, FoundAnswer, StatusAnswer, TestAnswer
from console.auth import Identity
from console.camera_form import CameraForm
from console.context import Console
from console.discovery import SearchForm, discover_cameras
from console.gallery import View, Width
from console.paging import by_name
from console.reach import cameras_within
from console.scene import read_sight
from console.views import camera_json

router = APIRouter(tags=["cameras"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.CAMERAS))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.CAMERAS))]
Looker = Annotated[Identity, Depends(require(Role.VIEWER, Area.PICTURES))]

COVERAGE_SPAN = timedelta(hours=1)

Patch = Annotated[dict[str, Any], Body(examples=[{"enabled": False}], description="any fields of a camera")]


@router.get("/cameras", responses=answers(Page[CameraAnswer]))
def list_cameras(console: Desk, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """All cameras, by name."""
    with console.repository.begin() as unit:
        found = cameras_within(unit, who.reach)
    page, following = by_name(found, key_of=lambda camera: camera.name, cursor=cursor, limit=limit)
    return listing([camera_json(camera) for camera in page], following)


@router.post("/cameras", status_code=201, responses=answers(CameraAnswer, 409, status=201))
def add_camera(form: CameraForm, response: Response, console: Desk, who: Admin) -> dict[str, Any]:
    """Register a camera; it is watched within seconds."""
    camera = cameras.add_camera(console, form, reach=who.reach)
    response.headers["Location"] = f"/api/v1/cameras/{camera.id}"
    return camera_json(camera)


@router.post("/cameras/test", responses=answers(TestAnswer))
def try_draft(form: CameraForm, console: Desk, _who: Admin) -> dict[str, Any]:
    """Look at a camera before it is saved: `ok` with codec, size, fps and a still, or `code` and `detail`."""
    return cameras.try_camera(console, cameras.draft_camera(console, form)).to_json()


@router.post("/cameras/discover", responses=answers(Page[FoundAnswer]))
def discover(form: SearchForm, console: Desk, _who: Admin) -> dict[str, Any]:
    """Look for ONVIF cameras: by multicast, and at the hosts and subnets named; with a login also their streams."""
    return listing(discover_cameras(console, form), None)


@router.get("/cameras/{camera_id}", responses=answers(CameraAnswer))
def get_camera(camera_id: CameraId, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One camera."""
    return camera_json(cameras.saved_camera(console, camera_id))


@router.patch("/cameras/{camera_id}", responses=answers(CameraAnswer, 409))
def change_camera(camera_id: CameraId, patch: Patch, console: Desk, who: Admin) -> dict[str, Any]:
    """Change the fields that are named; the password stays unless it is one of them."""
    return camera_json(cameras.change_camera(console, camera_id, patch, reach=who.reach))


@router.delete("/cameras/{camera_id}", status_code=204)
def remove_camera(camera_id: CameraId, console: Desk, _who: Admin) -> None:
    """Stop watching it."""
    cameras.remove_camera(console, camera_id)


@router.post("/cameras/{camera_id}/test", responses=answers(TestAnswer))
def try_saved(
    camera_id: CameraId, console: Desk, _who: Admin, patch: Annotated[dict[str, Any] | None, Body()] = None
) -> dict[str, Any]:
    """Look at a saved camera now; a body tests it with those fields changed, without saving them."""
    return cameras.try_camera(console, cameras.saved_camera(console, camera_id, patch)).to_json()


@router.get("/cameras/{camera_id}/latest.jpg", response_class=Response, responses=picture())
def latest_picture(
    camera_id: CameraId,
    pictures: Pictures,
    seen: Noted,
    _who: Looker,
    boxes: bool = False,
    blur: bool = False,
    width: Width | None = None,
) -> Response:
    """The newest picture that was looked at; X-Captured-At says how old it is."""
    shot, data = pictures.latest(camera_id, View(boxes=boxes, blur=blur, width=width), seen)
    captured_at: datetime = shot.captured_at or shot.scheduled_at
    headers = {
        "X-Snapshot-Id": shot.id,
        "X-Captured-At": captured_at.isoformat().replace("+00:00", "Z"),
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="image/jpeg", headers=headers)


@router.get("/cameras/{camera_id}/status", responses=answers(StatusAnswer))
def camera_status(camera_id: CameraId, console: Desk, _who: Viewer) -> dict[str, Any]:
    """How it is doing: state, the error if it is down, the newest picture's age, the last hour's coverage."""
    sight = read_sight(console, camera_id)
    return {**sight.to_json(), "coverage_last_hour": _coverage(console, sight.camera)}


def _coverage(console: Console, camera: Camera) -> float | None:
    after = console.clock() - COVERAGE_SPAN
    with console.repository.begin() as unit:
        found = unit.shots.count(camera.id, after=after)
    final = sum(count for outcome, count in found.items() if outcome.is_final)  # what is on its way counts neither way
    return found.get(Outcome.PREDICTED, 0) / final if final else None
