"""wall"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from common.domain.user import Area, Role
from console.api.access import Watching, require
from console.api.answers import Page, answers
from console.api.parameters import listing
from console.api.shapes.cameras import WallAnswer
from console.auth import Identity
from console.reach import within
from console.views import prediction_json

router = APIRouter(tags=["wall"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.CAMERAS))]


@router.get("/wall", responses=answers(Page[WallAnswer]))
def wall(watch: Watching, who: Viewer) -> dict[str, Any]:
    """Every camera with its state and what was seen in its newest picture, at most a second old."""
    scene = within(watch.scene(), who.reach)
    found = [(sight, scene.predictions.get(sight.snapshot_id)) for sight in scene.sights]
    return listing([{**sight.to_json(), "prediction": said and prediction_json(said)} for sight, said in found], None)
