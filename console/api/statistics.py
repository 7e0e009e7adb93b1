"""statistics"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response

from common.domain.statistics import Grouping
from common.domain.user import Area, Role
from console.api.access import Desk, require
from console.api.answers import Page, answers, file
from console.api.parameters import listing
from console.api.shapes.statistics import ReactionsAnswer, StatisticsRow
from console.auth import Identity
from console.instant import Instant
from console.schedule_form import TimeZone
from console.statistics import reactions_json, read_reactions, read_report, row_json, to_csv

router = APIRouter(tags=["statistics"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.STATISTICS))]


@router.get("/statistics", response_model=None, responses=file("text/csv", shape=Page[StatisticsRow]))
def statistics(
    console: Desk,
    who: Viewer,
    by: Grouping = Grouping.HOUR,
    start: Annotated[Instant | None, Query(alias="from", description="hours at or later than this")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="hours earlier than this")] = None,
    camera: Annotated[str | None, Query(description="its id")] = None,
    site: Annotated[str | None, Query(description="of the cameras that are there now")] = None,
    zone: Annotated[str | None, Query(description="its name: what was seen in it alone")] = None,
    tag: Annotated[str | None, Query(description="of the cameras that have it now")] = None,
    tz: Annotated[TimeZone, Query(description="whose days, such as Asia/Shanghai")] = "UTC",
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> dict[str, Any] | Response:
    """Shots by what became of them, faces and people by label, compliance (of people) with its 95 % interval (Wilson),
    events, alerts, and how soon these were acknowledged."""
    report = read_report(
        console,
        by=by,
        start=start,
        end=end,
        camera_id=camera,
        site=site,
        zone=zone,
        tag=tag,
        timezone=ZoneInfo(tz),
        reach=who.reach,
    )
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="maskwatch-by-{by.value}.csv"'}
        return Response(to_csv(report), media_type="text/csv; charset=utf-8", headers=headers)
    return listing([row_json(row, report.names) for row in report.rows], None)


@router.get("/statistics/reactions", responses=answers(ReactionsAnswer))
def reactions(
    console: Desk,
    who: Viewer,
    start: Annotated[Instant | None, Query(alias="from", description="alerts that fired at or later than this")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="and earlier than this")] = None,
    camera: Annotated[str | None, Query(description="its id")] = None,
    site: Annotated[str | None, Query(description="of the cameras that are there now")] = None,
    zone: Annotated[str | None, Query(description="its name: of rules about it")] = None,
    tag: Annotated[str | None, Query(description="of the cameras that have it now")] = None,
) -> dict[str, Any]:
    """How long alerts waited for the first acknowledgement: exact, of those that are still kept."""
    seconds = read_reactions(
        console, start=start, end=end, camera_id=camera, site=site, zone=zone, tag=tag, reach=who.reach
    )
    return reactions_json(seconds)
