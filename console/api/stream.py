"""stream: server-sent events"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from common.domain.user import Area, Role
from common.errors import MaskwatchError, TransientError
from console.api.access import Desk, Needs, check_needs, identity_of_request, require
from console.api.answers import file
from console.auth import Identity
from console.context import Console
from console.feed import Feed
from console.slots import Slots

router = APIRouter(tags=["stream"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.CAMERAS))]
ALERTS = Needs(role=Role.VIEWER, area=Area.ALERTS, everywhere=False)

EACH, ALTOGETHER = 50, 400  # streams of one person, who may be a room of guards; and of everybody
CHECK_SECONDS = 5.0  # so long a stream may outlive its session


@router.get("/stream", response_class=StreamingResponse, responses=file("text/event-stream", 429))
async def stream(request: Request, console: Desk, who: Viewer) -> StreamingResponse:
    """Predictions, events, alerts and camera states as they change; the present ones first.

    Looked at once a second: of pictures that come faster, the newest is sent. `tick` is the server's time, `removed`
    names a camera that is gone, `trouble` says that nothing can be read at the moment.
    """
    check_needs(ALERTS, who, to_read=True)  # events and alerts come along: a token must be for them, too
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return _Held(_follow(request, console, who), media_type="text/event-stream", headers=headers, person=who.user_id)


class _Held(StreamingResponse):
    """Keeps a place for as long as somebody listens; answers 429 where there is none."""

    def __init__(self, content: AsyncIterator[bytes], *, person: str, **options: Any) -> None:
        super().__init__(content, **options)
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See StreamingResponse."""
        places: Slots = scope["app"].state.streams
        with places.taken(self._person):
            await super().__call__(scope, receive, send)


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
