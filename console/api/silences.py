"""silences"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from console.api.access import Desk, Operator, Viewer
from console.api.parameters import listing
from console.silence_form import SilenceForm, silence_json
from console.silence_preview import preview_silence
from console.silences import add_silence, end_silence

router = APIRouter(tags=["silences"])

PAST = 200  # as many are shown when those that have ended are asked for, too


@router.get("/silences")
def list_silences(
    console: Desk, _who: Viewer, past: Annotated[bool, Query(description="also those that have ended")] = False
) -> dict[str, Any]:
    """What is not told now or will not be, the newest first; of past ones the last 200."""
    now = console.clock()
    with console.repository.begin() as unit:
        found = unit.silences.list(limit=PAST) if past else unit.silences.list(ending_after=now)
    return listing([silence_json(silence, now=now) for silence in found], None)


@router.post("/silences", status_code=201)
def add(form: SilenceForm, response: Response, console: Desk, who: Operator) -> dict[str, Any]:
    """Tell nothing of some rules, cameras, sites or tags for a while; what still goes on afterwards is told then."""
    silence = add_silence(console, form, by=who.name)
    response.headers["Location"] = f"/api/v1/silences/{silence.id}"
    return silence_json(silence, now=console.clock())


@router.post("/silences/preview")
def preview(form: SilenceForm, console: Desk, _who: Viewer) -> dict[str, Any]:
    """What such a silence would hide: cameras, rules, what fires now, and how many alerts of the last week."""
    return preview_silence(console, form)


@router.get("/silences/{silence_id}")
def get_silence(silence_id: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One silence."""
    with console.repository.begin() as unit:
        return silence_json(unit.silences.get(silence_id), now=console.clock())


@router.delete("/silences/{silence_id}", status_code=204)
def end(silence_id: str, console: Desk, who: Operator) -> None:
    """End it now."""
    end_silence(console, silence_id, by=who.name)
