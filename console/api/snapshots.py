"""snapshots"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.user import Area, Role
from console.api.access import Desk, Noted, Pictures, require
from console.api.answers import Page, answers, picture
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.api.reachable import CameraIds, SnapshotId
from console.api.shapes.snapshots import SnapshotAnswer
from console.auth import Identity
from console.gallery import View, Width
from console.paging import newest_first
from console.views import shot_json

router = APIRouter(tags=["snapshots"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.PICTURES))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.PICTURES))]

# A shot without a picture is no snapshot; the statistics count those.
WITH_PICTURE = (Outcome.TAKEN, Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED)
# A stored picture never changes; but its camera's faces may be blurred from now on, or it be erased: an hour at most.
# No cache that others share may keep it, and a browser's only for the session that it was shown to.
PICTURE_HEADERS = {"Cache-Control": "private, max-age=3600, immutable", "Vary": "Cookie, Authorization"}


@router.get("/snapshots", responses=answers(Page[SnapshotAnswer]))
def list_snapshots(
    console: Desk,
    _who: Viewer,
    camera_ids: CameraIds,
    camera: Annotated[str | None, Query(description="its id")] = None,
    after: After = None,
    before: Before = None,
    label: Label | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Pictures that were taken, newest first, with their faces; `label`: at least one face carries it."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.shots.list(
                camera_id=camera,
                camera_ids=camera_ids,
                after=after,
                before=until,
                label=label,
                outcomes=WITH_PICTURE,
                limit=most,
            ),
            time_of=lambda shot: shot.scheduled_at,
            before=before,
            cursor=cursor,
            limit=limit,
        )
        predictions = unit.predictions.get_many([shot.id for shot in page])
    return listing([shot_json(shot, predictions.get(shot.id)) for shot in page], following)


@router.get("/snapshots/{snapshot_id}", responses=answers(SnapshotAnswer))
def get_snapshot(snapshot_id: SnapshotId, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One snapshot."""
    with console.repository.begin() as unit:
        shot = unit.shots.get(snapshot_id)
        prediction = unit.predictions.get_many([snapshot_id]).get(snapshot_id)
    return shot_json(shot, prediction)


@router.get("/snapshots/{snapshot_id}/image.jpg", response_class=Response, responses=picture())
def snapshot_picture(
    snapshot_id: SnapshotId,
    pictures: Pictures,
    seen: Noted,
    _who: Viewer,
    boxes: bool = False,
    crop: Annotated[int | None, Query(ge=0, description="only the face of this index")] = None,
    blur: Annotated[bool, Query(description="make faces unrecognisable")] = False,
    width: Annotated[Width | None, Query(description="at most so wide")] = None,
) -> Response:
    """Its picture."""
    data = pictures.snapshot(snapshot_id, View(boxes=boxes, crop=crop, blur=blur, width=width), seen)
    return Response(data, media_type="image/jpeg", headers=PICTURE_HEADERS)


@router.get("/snapshots/{snapshot_id}/crops/{face}.jpg", response_class=Response, responses=picture())
def kept_face(
    snapshot_id: SnapshotId,
    face: Annotated[int, Path(ge=0, le=99_999, description="its place in the prediction")],
    pictures: Pictures,
    seen: Noted,
    _who: Operator,
) -> Response:
    """A face without a proper mask, of a camera that blurs faces: kept for MASKWATCH_KEEP_CROPS_HOURS."""
    data = pictures.kept_face(snapshot_id, face, seen)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
