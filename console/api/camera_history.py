"""cameras: how well they were watched"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from common.domain.user import Area, Role
from console.api.access import Desk, require
from console.api.answers import answers
from console.api.reachable import CameraId
from console.api.shapes.camera_sheets import HistoryAnswer
from console.auth import Identity
from console.camera_history import read_history
from console.instant import Instant

router = APIRouter(tags=["cameras"])


Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.CAMERAS))]


@router.get("/cameras/{camera_id}/history", responses=answers(HistoryAnswer))
def camera_history(
    camera_id: CameraId,
    console: Desk,
    _who: Viewer,
    start: Annotated[Instant | None, Query(alias="from", description="a day before `to` when left out")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="now when left out")] = None,
) -> dict[str, Any]:
    """Coverage hour by hour, at most 31 days: shots by what became of them, and the seconds from picture to picture
    that were really kept; beside them the interval that is wanted, and the one that holds now."""
    return read_history(console, camera_id, start=start, end=end).to_json()
