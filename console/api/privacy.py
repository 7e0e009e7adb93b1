"""what is kept of people, and erasing it"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from common.domain.user import Area, Role
from console import privacy
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.shapes.privacy import ErasedAnswer, ErasureAnswer, RetentionAnswer
from console.auth import Identity
from console.erasure_form import ErasureForm
from console.paging import newest_first

router = APIRouter(tags=["privacy"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.PRIVACY))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.PRIVACY, everywhere=True))]


@router.get("/privacy/retention", responses=answers(RetentionAnswer))
def read_retention(console: Desk, who: Viewer) -> dict[str, Any]:
    """How long what is kept, and how much there is of each camera."""
    return privacy.read_retention(console, reach=who.reach)


@router.get("/privacy/erasures", responses=answers(Page[ErasureAnswer]))
def list_erasures(console: Desk, _who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """The ledger: what was erased, when, by whom and why; newest first."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.erasures.list(before=until, limit=most),
            time_of=lambda erasure: erasure.requested_at,
            before=None,
            cursor=cursor,
            limit=limit,
        )
    return listing([privacy.erasure_json(erasure) for erasure in page], following)


@router.post("/privacy/erasures", status_code=202, responses=answers(ErasureAnswer, status=202))
def request_erasure(form: ErasureForm, response: Response, console: Desk, who: Admin) -> dict[str, Any]:
    """Erase for good: pictures, faces, and every row that tells of somebody. It begins within a minute.

    Statistics stay: they name nobody. What is on its way to be looked at goes once it has arrived.
    """
    erasure = privacy.request_erasure(console, form, by=who.name)
    response.headers["Location"] = f"/api/v1/privacy/erasures/{erasure.id}"
    return privacy.erasure_json(erasure)


@router.post("/privacy/erasures/preview", responses=answers(ErasedAnswer))
def preview_erasure(form: ErasureForm, console: Desk, _who: Admin) -> dict[str, int]:
    """How much would go; nothing does."""
    return privacy.erased_json(privacy.preview_erasure(console, form))


@router.get("/privacy/erasures/{erasure_id}", responses=answers(ErasureAnswer, 404))
def get_erasure(erasure_id: str, console: Desk, _who: Admin) -> dict[str, Any]:
    """How far it is."""
    with console.repository.begin() as unit:
        return privacy.erasure_json(unit.erasures.get(erasure_id))
