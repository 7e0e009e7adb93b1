"""A caller who goes away takes its pictures along: what nobody waits for is not computed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

T = TypeVar("T")


async def while_connected(request: Request, answers: Sequence[Future[T]]) -> list[T]:
    """All answers, in order, unless the caller closes the connection first.

    Whatever ends the wait (the caller, an answer's error, the server's stop) cancels the answers that are still
    queued; what has begun is finished and thrown away. The request's body must have been read.
    Raises ClientDisconnect, or what an answer raises.
    """
    work = asyncio.create_task(_all(answers))
    gone = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
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
