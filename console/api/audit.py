"""audit: who did what, and who looked at whose pictures"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from common.domain.audit import AuditEntry
from common.domain.user import Area, Role
from console.api.access import Desk, require
from console.api.answers import Page, file
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.api.shapes.people import AuditAnswer
from console.audit import audit_json, to_csv
from console.auth import Identity
from console.paging import MOST, newest_first

router = APIRouter(tags=["audit"])

Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.PEOPLE, everywhere=True))]


@router.get("/audit", response_model=None, responses=file("text/csv", shape=Page[AuditAnswer]))
def list_audit(
    console: Desk,
    _who: Admin,
    by: Annotated[str | None, Query(description="the user's name")] = None,
    action: Annotated[str | None, Query(description="as in the log: look, login, change_camera, …")] = None,
    camera: Annotated[str | None, Query(description="its id")] = None,
    after: After = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    form: Annotated[Literal["json", "csv"], Query(alias="format", description="csv: all pages at once")] = "json",
) -> dict[str, Any] | Response:
    """What was done or tried, newest first, and every look at a picture: counted per person, camera and hour."""

    def page(cursor: str | None, limit: int) -> tuple[list[AuditEntry], str | None]:
        with console.repository.begin() as unit:
            return newest_first(
                lambda until, most: unit.audit.list(
                    by=by, action=action, camera_id=camera, after=after, before=until, limit=most
                ),
                time_of=lambda entry: entry.at,
                before=before,
                cursor=cursor,
                limit=limit,
            )

    if form == "csv":
        headers = {"Content-Disposition": 'attachment; filename="maskwatch-audit.csv"'}
        return StreamingResponse(_lines(page), media_type="text/csv; charset=utf-8", headers=headers)
    entries, following = page(cursor, limit)
    return listing([audit_json(entry) for entry in entries], following)


def _lines(page: Callable[[str | None, int], tuple[list[AuditEntry], str | None]]) -> Iterator[str]:
    """All pages, one after the other."""
    entries, cursor = page(None, MOST)
    yield to_csv(entries, has_header=True)
    while cursor is not None:
        entries, cursor = page(cursor, MOST)
        yield to_csv(entries, has_header=False)
