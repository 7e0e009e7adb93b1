"""system and queues"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import Area, Role
from console.api.access import Desk, Watching, require
from console.api.answers import Page, answers
from console.api.parameters import listing
from console.api.shapes.system import CountAnswer, DeadLetterAnswer, SystemAnswer
from console.auth import Identity
from console.dead_letters import purge, read_dead_letters, replay
from console.reach import within
from console.system import read_system

router = APIRouter(tags=["system"])

MOST = 500

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.SYSTEM))]
Caretaker = Annotated[Identity, Depends(require(Role.ADMIN, Area.SYSTEM, everywhere=True))]


class Chosen(BaseModel):
    """Which dead letters."""

    model_config = ConfigDict(extra="forbid")
    ids: list[str] | None = Field(None, max_length=MOST, description="as listed; null: all of the queue")


@router.get("/system", responses=answers(SystemAnswer))
def system(console: Desk, watch: Watching, who: Viewer) -> dict[str, Any]:
    """What needs attention; workers, leases, queues, lag, storage, parts, room for more cameras, versions."""
    return read_system(console, lambda: within(watch.scene(), who.reach).sights)


@router.get("/queues/{queue}/dead-letters", responses=answers(Page[DeadLetterAnswer]))
def list_dead_letters(
    queue: str, console: Desk, _who: Caretaker, limit: Annotated[int, Query(ge=1, le=MOST)] = 100
) -> dict[str, Any]:
    """Messages of the queue (jobs, predictions, shots) that were given up, the oldest first, with the reason."""
    return listing(read_dead_letters(console, queue, limit=limit), None)


@router.post("/queues/{queue}/dead-letters/replay", responses=answers(CountAnswer))
def replay_dead_letters(queue: str, console: Desk, who: Caretaker, form: Chosen | None = None) -> dict[str, int]:
    """Put them back into the queue, as if just published; `count`: how many."""
    return {"count": replay(console, queue, form.ids if form else None, by=who.name)}


@router.post("/queues/{queue}/dead-letters/purge", responses=answers(CountAnswer))
def purge_dead_letters(queue: str, console: Desk, who: Caretaker, form: Chosen | None = None) -> dict[str, int]:
    """Delete them for good; `count`: how many."""
    return {"count": purge(console, queue, form.ids if form else None, by=who.name)}
