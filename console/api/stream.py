"""stream: server-sent events"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from common.domain.user import Area, Role
from common.errors import MaskwatchError, TransientError
from console.api.access import Desk, identity_of_request, require
from console.api.answers import file
from console.auth import Identity
from console.context import Console
from console.feed import Feed

router = APIRouter(tags=["stream"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.CAMERAS))]

CHECK_SECONDS = 5.0  # so long a stream may outlive its session


@router.get("/stream", response_class=StreamingResponse, responses=file("text/event-stream"))
async def stream(request: Request, console: Desk, who: Viewer) -> StreamingResponse:
    """Predictions, events, alerts and camera states as they change; the present ones first.

    Looked at once a second: of pictures that come faster, the newest is sent. `tick` is the server's time, `removed`
    names a camera that is gone, `trouble` says that nothing can be read at the moment.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_follow(request, console, who), media_type="text/event-stream", headers=headers)


async def _follow(request: Request, console: Console, who: Identity) -> AsyncIterator[bytes]:
    feed: Feed = request.app.state.feed
    checked_at = time.monotonic()
    async with aclosing(feed.follow(who.reach)) as news:
        async for text in news:
            yield text
            if time.monotonic() - checked_at >= CHECK_SECONDS:
                if not await run_in_threadpool(_is_still, request, console, who):
                    return
                checked_at = time.monotonic()


def _is_still(request: Request, console: Console, who: Identity) -> bool:
    """Whether they may still look; a database that is away ends no stream."""
    try:
        now = identity_of_request(request, console)
    except MaskwatchError as exc:
        return isinstance(exc, TransientError)
    return (now.role, now.reach, now.scopes) == (who.role, who.reach, who.scopes)
