"""Long work as server-sent events: how far it is, then what came of it. Whoever hangs up cancels it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from common.errors import MaskwatchError
from console.api.problems import status_of
from console.errors import Cancelled

EVENTS = "text/event-stream"
TELL_SECONDS = 0.5  # between two looks at how far it is; also how soon a caller who hung up is noticed

Tell = Callable[[int, int], None]  # how much is done, of how much
Work = Callable[[Tell], dict[str, Any]]


def wants_progress(request: Request) -> bool:
    """Whether the caller asked to be told how far it is."""
    return EVENTS in request.headers.get("Accept", "")


def with_progress(request: Request, work: Work) -> StreamingResponse:
    """Do it in a thread, and tell: `progress` ({"done", "all"}) again and again, then `result` or `problem`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, work), media_type=EVENTS, headers=headers)


@dataclass
class _Progress:
    done: int = 0
    all: int = 0
    is_cancelled: bool = False

    def tell(self, done: int, all_of_it: int) -> None:
        """Called by the work. Raises Cancelled once nobody waits for it."""
        self.done, self.all = done, all_of_it
        if self.is_cancelled:
            raise Cancelled("nobody waits for it any more")


async def _events(request: Request, work: Work) -> AsyncIterator[str]:
    progress = _Progress()
    running = asyncio.create_task(run_in_threadpool(work, progress.tell))
    try:
        while not running.done():
            if request.app.state.stopping.is_set() or await request.is_disconnected():
                return
            yield _event("progress", {"done": progress.done, "all": progress.all})
            await asyncio.wait([running], timeout=TELL_SECONDS)
        yield _outcome(running)
    finally:
        progress.is_cancelled = True
        running.add_done_callback(lambda over: over.cancelled() or over.exception())  # it was told, or nobody waits


def _outcome(over: asyncio.Task[dict[str, Any]]) -> str:
    try:
        return _event("result", over.result())
    except MaskwatchError as exc:
        return _event("problem", {"status": int(status_of(exc)), "code": exc.code, "detail": str(exc)})


def _event(kind: str, body: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(jsonable_encoder(body))}\n\n"
