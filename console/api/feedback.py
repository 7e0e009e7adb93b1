"""what people say of what the model said"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from common.domain.user import Area, Role
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.api.reachable import AlertId, CameraIds, SnapshotId
from console.api.shapes.snapshots import AlertFeedbackAnswer, FeedbackAnswer
from console.auth import Identity
from console.feedback import judge_alert, judge_face
from console.feedback_form import VerdictForm, feedback_json
from console.paging import newest_first

router = APIRouter(tags=["feedback"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.ALERTS))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.ALERTS))]


@router.post("/alerts/{alert_id}/feedback", tags=["alerts"], responses=answers(AlertFeedbackAnswer, 409))
def alert_feedback(alert_id: AlertId, form: VerdictForm, console: Desk, who: Operator) -> dict[str, Any]:
    """Right, or wrong: then it is a false positive, and with `label` that is said of its faces."""
    alert, examples = judge_alert(console, alert_id, form, by=who.name)
    return {"is_false_positive": alert.is_false_positive, "examples": [feedback_json(said) for said in examples]}


@router.post(
    "/snapshots/{snapshot_id}/faces/{face}/feedback", tags=["snapshots"], responses=answers(FeedbackAnswer, 409)
)
def face_feedback(
    snapshot_id: SnapshotId,
    face: Annotated[int, Path(ge=0, description="its place in the prediction")],
    form: VerdictForm,
    console: Desk,
    who: Operator,
) -> dict[str, Any]:
    """What one face really is; the last word stands."""
    return feedback_json(judge_face(console, snapshot_id, face, form, by=who.name))


@router.get("/feedback", responses=answers(Page[FeedbackAnswer]))
def list_feedback(
    console: Desk,
    _who: Viewer,
    camera_ids: CameraIds,
    after: After = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """What people said of faces, newest first."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.feedback.list(camera_ids=camera_ids, after=after, before=until, limit=most),
            time_of=lambda said: said.at,
            before=before,
            cursor=cursor,
            limit=limit,
        )
    return listing([feedback_json(said) for said in page], following)
