"""events and alerts"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from common.domain.alert import Alert, AlertState
from common.domain.event import EventState
from common.domain.rule import Severity
from common.domain.user import Area, Role
from common.ports.repository import Unit
from console import alerts
from console.alert_history import history_json
from console.alert_story import story_json
from console.api.access import Desk, Noted, Pictures, require
from console.api.answers import Page, answers, picture
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.api.reachable import AlertId, CameraIds, EventId
from console.api.shapes.alerts import AlertAnswer, AlertStoryAnswer, EventAnswer
from console.api.snapshots import PICTURE_HEADERS
from console.auth import Identity
from console.context import Console
from console.gallery import View, Width
from console.paging import newest_first
from console.reach import seen
from console.views import alert_json, event_json

router = APIRouter(tags=["alerts"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.ALERTS))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.ALERTS))]
Looker = Annotated[Identity, Depends(require(Role.VIEWER, Area.PICTURES))]

Note = Annotated[str, Field(max_length=2000)]


class Acknowledgement(BaseModel):
    """What was done about it."""

    model_config = ConfigDict(extra="forbid")
    note: Note = ""


class NoteForm(BaseModel):
    """The note that replaces the one before."""

    model_config = ConfigDict(extra="forbid")
    note: Note


class SnoozeForm(BaseModel):
    """For how long."""

    model_config = ConfigDict(extra="forbid")
    seconds: float = Field(3600, ge=0, le=366 * 86_400)


class Judgement(BaseModel):
    """Whether the model was wrong."""

    model_config = ConfigDict(extra="forbid")
    is_false_positive: bool = True


@router.get("/events", tags=["events"], responses=answers(Page[EventAnswer]))
def list_events(
    console: Desk,
    _who: Viewer,
    camera_ids: CameraIds,
    camera: str | None = None,
    rule: str | None = None,
    state: EventState | None = None,
    site: Annotated[str | None, Query(description="of the cameras that are there now")] = None,
    after: After = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """State changes of rules, newest first by when they started."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.events.list(
                camera_id=camera,
                camera_ids=_at(unit, site, camera_ids),
                rule_id=rule,
                state=state,
                after=after,
                before=until,
                limit=most,
            ),
            time_of=lambda event: event.started_at,
            before=before,
            cursor=cursor,
            limit=limit,
        )
    return listing([event_json(event) for event in page], following)


@router.get("/events/{event_id}", tags=["events"], responses=answers(EventAnswer))
def get_event(event_id: EventId, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One event."""
    with console.repository.begin() as unit:
        return event_json(unit.events.get(event_id))


@router.get("/alerts", responses=answers(Page[AlertAnswer]))
def list_alerts(
    console: Desk,
    _who: Viewer,
    camera_ids: CameraIds,
    camera: str | None = None,
    rule: str | None = None,
    state: AlertState | None = None,
    severity: Severity | None = None,
    site: Annotated[str | None, Query(description="of the cameras that are there now")] = None,
    acknowledged: Annotated[bool | None, Query(description="whether somebody takes care of it")] = None,
    group: Annotated[str | None, Query(description="its id: alerts that are told together")] = None,
    after: After = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """What people were told, newest first."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.alerts.list(
                camera_id=camera,
                camera_ids=_at(unit, site, camera_ids),
                rule_id=rule,
                state=state,
                severity=severity,
                is_acknowledged=acknowledged,
                group_id=group,
                after=after,
                before=until,
                limit=most,
            ),
            time_of=lambda alert: alert.fired_at,
            before=before,
            cursor=cursor,
            limit=limit,
        )
        return listing(_placed(unit, page), following)


@router.get("/alerts/{alert_id}", responses=answers(AlertStoryAnswer))
def get_alert(alert_id: AlertId, console: Desk, who: Viewer) -> dict[str, Any]:
    """One alert: what made it (`event`, `definition`: the rule, `picture`), why who was told of it, or not
    (`decisions`), and what became of the messages."""
    with console.repository.begin() as unit:
        alert = unit.alerts.get(alert_id)
        camera = unit.cameras.get_many([alert.camera_id]).get(alert.camera_id)
        named = [rule for rule in unit.rules.list() if rule.id == alert.rule_id]
        rule = next(iter(seen(unit, who.reach, named)), None)
        told = history_json(unit, alert, alone=who.reach.is_limited)
        return alert_json(alert, camera, rule) | story_json(unit, alert, camera, rule) | told


@router.post("/alerts/{alert_id}/ack", responses=answers(AlertAnswer))
def acknowledge(alert_id: AlertId, console: Desk, who: Operator, form: Acknowledgement | None = None) -> dict[str, Any]:
    """Say that somebody takes care of it; the first acknowledgement stands."""
    alert = alerts.acknowledge(console, alert_id, by=who.name, note=form.note if form else "")
    return _place(console, alert)


@router.post("/alerts/{alert_id}/snooze", responses=answers(AlertAnswer))
def snooze(alert_id: AlertId, form: SnoozeForm, console: Desk, who: Operator) -> dict[str, Any]:
    """Tell nothing more of it for a while; 0 seconds: tell again."""
    return _place(console, alerts.snooze(console, alert_id, by=who.name, seconds=form.seconds))


@router.post("/alerts/{alert_id}/note", responses=answers(AlertAnswer))
def write_note(alert_id: AlertId, form: NoteForm, console: Desk, who: Operator) -> dict[str, Any]:
    """Replace its note."""
    return _place(console, alerts.write_note(console, alert_id, by=who.name, note=form.note))


@router.post("/alerts/{alert_id}/false-positive", responses=answers(AlertAnswer))
def mark_false_positive(
    alert_id: AlertId, console: Desk, who: Operator, form: Judgement | None = None
) -> dict[str, Any]:
    """Say that the model was wrong, or take that back."""
    verdict = form.is_false_positive if form else True
    return _place(console, alerts.mark_false_positive(console, alert_id, by=who.name, is_false_positive=verdict))


@router.get("/alerts/{alert_id}/image.jpg", response_class=Response, responses=picture())
def alert_picture(
    alert_id: AlertId,
    pictures: Pictures,
    seen: Noted,
    _who: Looker,
    boxes: bool = False,
    blur: bool = False,
    width: Width | None = None,
) -> Response:
    """The picture that made it."""
    data = pictures.alert(alert_id, View(boxes=boxes, blur=blur, width=width), seen)
    return Response(data, media_type="image/jpeg", headers=PICTURE_HEADERS)


def _at(unit: Unit, site: str | None, within: frozenset[str] | None) -> frozenset[str] | None:
    """The ids of the cameras there that are within reach; None: all."""
    if site is None:
        return within
    there = frozenset(camera.id for camera in unit.cameras.list() if camera.site == site)
    return there if within is None else there & within


def _place(console: Console, alert: Alert) -> dict[str, Any]:
    with console.repository.begin() as unit:
        return _placed(unit, [alert])[0]


def _placed(unit: Unit, found: list[Alert]) -> list[dict[str, Any]]:
    cameras = {camera.id: camera for camera in unit.cameras.list()}
    rules = {rule.id: rule for rule in unit.rules.list()}
    return [alert_json(alert, cameras.get(alert.camera_id), rules.get(alert.rule_id)) for alert in found]
