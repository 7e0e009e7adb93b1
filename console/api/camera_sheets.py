"""cameras: many at once, as a file"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from common.domain.user import Area, Role
from common.errors import ImageTooLarge, InvalidInput
from console import camera_import
from console.api.access import Desk, require
from console.api.answers import answers, file
from console.api.shapes.camera_sheets import ImportAnswer
from console.auth import Identity
from console.camera_import import results_json
from console.camera_sheet import SheetFormat, read_sheet, write_sheet
from console.errors import UnsupportedBody
from console.reach import cameras_within

router = APIRouter(tags=["cameras"])

Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.CAMERAS))]

MOST_BYTES = 2_000_000  # some thousand cameras with their zones
KINDS = {
    "text/csv": SheetFormat.CSV,
    "application/csv": SheetFormat.CSV,
    "application/vnd.ms-excel": SheetFormat.CSV,  # what browsers on Windows call a .csv
    "application/yaml": SheetFormat.YAML,
    "application/x-yaml": SheetFormat.YAML,
    "text/yaml": SheetFormat.YAML,
    "application/json": SheetFormat.JSON,
}
EXPORTS = ("text/csv", "application/yaml", "application/json")
_TEXT = {"schema": {"type": "string"}}
BODY = {
    "required": True,
    "content": {
        "text/csv": _TEXT | {"example": "name,url,site,interval_seconds\nDoor,rtsp://10.0.0.5/live,North,5\n"},
        "application/yaml": _TEXT,
        "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CameraForm"}}},
    },
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file that was sent."""

    form: SheetFormat
    text: str


async def sheet_of(request: Request) -> Sheet:
    """The body, by its content type. Raises UnsupportedBody, ImageTooLarge, InvalidInput."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise UnsupportedBody(
            f"{kind or 'a body without a type'} is no list of cameras; send one of {', '.join(KINDS)}"
        )
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise ImageTooLarge(f"the file has more than the {MOST_BYTES:,} bytes allowed")
    try:
        return Sheet(form=KINDS[kind], text=data.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise InvalidInput("the file is not in UTF-8: save it with that encoding") from exc


@router.post("/cameras/import", openapi_extra={"requestBody": BODY}, responses=answers(ImportAnswer, 415))
def import_cameras(
    console: Desk,
    who: Admin,
    sheet: Annotated[Sheet, Depends(sheet_of)],
    dry_run: Annotated[bool, Query(description="say what would become of each row, and change nothing")] = False,
    update: Annotated[bool, Query(description="change cameras whose name is known; else they are skipped")] = False,
) -> dict[str, Any]:
    """Add the cameras of a file; a row that is refused says why, and keeps none of the others back.

    A row is `added`, `updated`, `unchanged`, `skipped` or `refused`. An update changes what the row names: the rest,
    and the password, stay.
    """
    rows = read_sheet(sheet.text, sheet.form)
    results = camera_import.import_cameras(console, rows, update=update, is_dry_run=dry_run, reach=who.reach)
    return results_json(results, is_dry_run=dry_run)


@router.get("/cameras/export", response_class=Response, responses=file(*EXPORTS))
def export_cameras(
    console: Desk,
    who: Admin,
    form: Annotated[SheetFormat, Query(alias="format")] = SheetFormat.CSV,
) -> Response:
    """All cameras as a file that `import` takes; without passwords."""
    with console.repository.begin() as unit:
        cameras = cameras_within(unit, who.reach)
    headers = {"Content-Disposition": f'attachment; filename="maskwatch-cameras.{form.value}"'}
    return Response(write_sheet(cameras, form), media_type=f"{form.media_type}; charset=utf-8", headers=headers)
