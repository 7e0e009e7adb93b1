"""silences"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from common.domain.user import Area, Role
from console import silences
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import listing
from console.api.reachable import SilenceId
from console.api.shapes.receivers import HiddenAnswer, SilenceAnswer
from console.auth import Identity
from console.reach import seen
from console.silence_form import SilenceForm, silence_json
from console.silence_preview import preview_silence

router = APIRouter(tags=["silences"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.RECEIVERS))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.RECEIVERS))]

PAST = 200  # as many are shown when those that have ended are asked for, too


@router.get("/silences", responses=answers(Page[SilenceAnswer]))
def list_silences(
    console: Desk, who: Viewer, past: Annotated[bool, Query(description="also those that have ended")] = False
) -> dict[str, Any]:
    """What is not told now or will not be, the newest first; of past ones the last 200."""
    now = console.clock()
    with console.repository.begin() as unit:
        kept = unit.silences.list(limit=PAST) if past else unit.silences.list(ending_after=now)
        found = seen(unit, who.reach, kept)
    return listing([silence_json(silence, now=now) for silence in found], None)


@router.post("/silences", status_code=201, responses=answers(SilenceAnswer, 404, status=201))
def add_silence(form: SilenceForm, response: Response, console: Desk, who: Operator) -> dict[str, Any]:
    """Tell nothing of some rules, cameras, sites or tags for a while; what still goes on afterwards is told then."""
    silence = silences.add_silence(console, form, by=who.name, reach=who.reach)
    response.headers["Location"] = f"/api/v1/silences/{silence.id}"
    return silence_json(silence, now=console.clock())


@router.post("/silences/preview", responses=answers(HiddenAnswer, 404))
def try_silence(form: SilenceForm, console: Desk, who: Viewer) -> dict[str, Any]:
    """What such a silence would hide: cameras, rules, what fires now, and how many alerts of the last week."""
    return preview_silence(console, form, reach=who.reach)


@router.get("/silences/{silence_id}", responses=answers(SilenceAnswer))
def get_silence(silence_id: SilenceId, console: Desk, who: Viewer) -> dict[str, Any]:
    """One silence."""
    with console.repository.begin() as unit:
        found = seen(unit, who.reach, [unit.silences.get(silence_id)])
    return silence_json(found[0], now=console.clock())


@router.delete("/silences/{silence_id}", status_code=204)
def end_silence(silence_id: SilenceId, console: Desk, who: Operator) -> None:
    """End it now."""
    silences.end_silence(console, silence_id, by=who.name, reach=who.reach)
