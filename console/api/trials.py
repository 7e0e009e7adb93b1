"""try and gate: pictures and videos that somebody shows to the models; nothing of them is kept"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from common.answers import to_answer, to_face_answer
from common.domain.user import Area, Role
from common.errors import MaskwatchError
from console.api.access import require
from console.api.answers import answers, file
from console.api.problems import status_of
from console.api.shapes.trials import GateAnswer, ResultsAnswer, TryAnswer, VideoReportAnswer
from console.api.uploads import PICTURES, VIDEO, read_pictures, receive_video
from console.auth import Identity
from console.looking import LookOptions, VideoWish
from console.trials import MOST_PICTURES, Trials, Viewing

router = APIRouter(tags=["try"])

EVENTS = "text/event-stream"
NO_STORE = {"Cache-Control": "no-store"}  # faces lie on no proxy's disk
TELL_SECONDS = 0.5  # between two looks at a video's progress: it is for people's eyes
SILENT_LOOKS = 20  # without news; then a comment keeps proxies from closing the connection

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.MODELS))]
Variant = Annotated[str | None, Query(description="server: accurate; lite: light; as the cameras' when left out")]
MinScore = Annotated[float | None, Query(ge=0, le=1, description="least score of a face; the model's own by default")]
Fit = Annotated[bool, Query(description="also say what is uncovered")]
Every = Annotated[float, Query(ge=0.1, le=60, description="seconds between two frames that are looked at")]

_BINARY = {"type": "string", "format": "binary"}


def _body(field: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    form = {"type": "object", "required": [field], "properties": {field: schema}}
    content = {"multipart/form-data": {"schema": form}, kind: {"schema": _BINARY}}
    return {"requestBody": {"required": True, "content": content}}


PICTURES_BODY = _body(PICTURES, "image/*", {"type": "array", "items": _BINARY, "maxItems": MOST_PICTURES})
PICTURE_BODY = _body(PICTURES, "image/*", _BINARY)
VIDEO_BODY = _body(VIDEO, "video/*", _BINARY)


def trials_of(request: Request) -> Trials:
    """The app's one way to the models."""
    trials: Trials = request.app.state.trials
    return trials


Trying = Annotated[Trials, Depends(trials_of)]


@router.get("/try", responses=answers(TryAnswer))
def what_can_be_tried(trials: Trying, _who: Viewer) -> dict[str, Any]:
    """Which detector looks where none is named, and the largest pictures and videos that are taken."""
    return trials.about()


@router.post("/try", openapi_extra=PICTURES_BODY, responses=answers(ResultsAnswer, 415, 429))
async def try_pictures(
    request: Request,
    response: Response,
    trials: Trying,
    who: Viewer,
    variant: Variant = None,
    min_score: MinScore = None,
    fit: Fit = True,
) -> dict[str, Any]:
    """Find and judge the faces of 1 to 8 pictures: as `maskwatch predict --json`, a result each, in their order.

    One bad picture among several is its result's `error`.
    """
    response.headers.update(NO_STORE)
    options = LookOptions(variant=variant, min_score=min_score, fit=fit)
    with trials.pictures_at_once.taken(who.user_id):
        pictures = await read_pictures(request, trials.limits)
        results = await run_in_threadpool(trials.pictures, pictures, options)
    return {"results": [to_answer(result) for result in results]}


@router.post("/gate", openapi_extra=PICTURE_BODY, responses=answers(GateAnswer, 415, 429))
async def ask_gate(
    request: Request,
    response: Response,
    trials: Trying,
    who: Viewer,
    variant: Variant = None,
    min_score: MinScore = None,
) -> dict[str, Any]:
    """Decide on the nearest face of one picture: `allow`, `deny`, or `retry` with another picture, and the `reason`."""
    response.headers.update(NO_STORE)
    began = time.perf_counter()
    options = LookOptions(variant=variant, min_score=min_score)
    with trials.pictures_at_once.taken(who.user_id):
        pictures = await read_pictures(request, trials.limits, most=1)
        said = await run_in_threadpool(trials.gate, pictures[0], options)
    face = to_face_answer(said.face) if said.face else None
    took = round(1000 * (time.perf_counter() - began), 1)
    return {"decision": said.decision, "reason": said.reason, "face": face, "took_ms": took}


@router.post(
    "/try/video",
    openapi_extra=VIDEO_BODY,
    response_model=None,
    responses=file(EVENTS, 415, 429, shape=VideoReportAnswer),
)
async def try_video(
    request: Request,
    trials: Trying,
    who: Viewer,
    every_seconds: Every = 1.0,
    variant: Variant = None,
    min_score: MinScore = None,
) -> Response:
    """Look at a video: who wore no mask, or wore it wrongly, from when to when.

    `Accept: text/event-stream` tells the progress meanwhile: `progress`, at the end `report` or `problem`. Whoever
    closes the connection ends it.
    """
    options = LookOptions(variant=variant, min_score=min_score)
    trials.videos_at_once.enter(who.user_id)
    try:
        given = await receive_video(request, trials.limits)
        wish = VideoWish(name=given.name, every_seconds=every_seconds, options=options)
        viewing = trials.video(given.file, wish, person=who.user_id)
    except BaseException:
        trials.videos_at_once.leave(who.user_id)
        raise
    if EVENTS in request.headers.get("accept", ""):
        headers = {**NO_STORE, "X-Accel-Buffering": "no"}
        return StreamingResponse(tell(viewing, request), media_type=EVENTS, headers=headers)
    return JSONResponse(await wait_for(viewing, request), headers=NO_STORE)


async def tell(viewing: Viewing, request: Request) -> AsyncGenerator[str, None]:
    """Server-sent events until the report is there; whoever leaves before ends the work."""
    told, silent = None, 0
    async for news in _follow(viewing, request):
        if news != told:
            told, silent = news, 0
            yield _event("progress", news)
        elif (silent := silent + 1) % SILENT_LOOKS == 0:
            yield ": still here\n\n"
    try:
        yield _event("report", viewing.report())
    except MaskwatchError as exc:
        yield _event("problem", {"status": int(status_of(exc)), "code": exc.code, "detail": str(exc)})


async def wait_for(viewing: Viewing, request: Request) -> dict[str, Any]:
    """The report. Raises what made it fail; ClientDisconnect, and ends the work, when nobody waits any more."""
    async with aclosing(_follow(viewing, request)) as news:
        async for _ in news:
            if await request.is_disconnected():
                raise ClientDisconnect
    return viewing.report()


async def _follow(viewing: Viewing, request: Request) -> AsyncGenerator[dict[str, Any], None]:
    """How far it is, every now and then until it is done; the work ends with whoever follows, and with the server."""
    done = asyncio.wrap_future(viewing.future)
    try:
        while not done.done() and not request.app.state.stopping.is_set():
            yield viewing.news()
            await asyncio.wait((done,), timeout=TELL_SECONDS)
    finally:
        viewing.give_up()
        done.cancel()


def _event(kind: str, body: object) -> str:
    return f"event: {kind}\ndata: {json.dumps(body)}\n\n"
