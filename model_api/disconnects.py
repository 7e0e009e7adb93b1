"""A caller who goes away, or waits for too long, takes its pictures along: what nobody waits for is not computed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from common.errors import Overloaded

T = TypeVar("T")

COME_BACK_SECONDS = 5.0  # a server whose answers take that long has a queue to work off


async def while_connected(request: Request, answers: Sequence[Future[T]], *, most_seconds: float) -> list[T]:
    """All answers, in order, unless the caller closes the connection or `most_seconds` pass first.

    Whatever ends the wait (the caller, the time, an answer's error, the server's stop) cancels the answers that are
    still queued; what has begun is finished and thrown away. The request's body must have been read.
    Raises ClientDisconnect, Overloaded, or what an answer raises.
    """
    work = asyncio.create_task(_all(answers))
    gone = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait((work, gone), timeout=most_seconds, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        if gone.done():
            raise ClientDisconnect
        raise Overloaded(f"no answer within {most_seconds:g} s", retry_after_seconds=COME_BACK_SECONDS)
    finally:
        gone.cancel()
        work.cancel()
        for answer in answers:  # of those that failed together the first one ends `work`, the others would go on
            answer.cancel()


async def _all(answers: Sequence[Future[T]]) -> list[T]:
    return await asyncio.gather(*(asyncio.wrap_future(answer) for answer in answers))


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
