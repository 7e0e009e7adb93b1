"""/v1/video: who wore no mask in a video, when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from common.outbound.policy import AddressPolicy
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.fetch import FetchLimits
from model_api.local import LocalDetector
from model_api.moderation.answer import ReportAnswer, to_report_answer
from model_api.moderation.moderate import LEAST_EVERY, MOST_EVERY, VideoLimits, Wish
from model_api.moderation.page import to_page
from model_api.moderation.report import Report
from model_api.moderation.runs import Run, Runs
from model_api.routes.negotiation import preferred, prefers
from model_api.routes.video_answers import RunAnswer, tell, to_run_answer, wait_for
from model_api.routes.video_body import FIELD, VideoBodies

PATH = "/v1/video"
JSON, HTML, EVENTS = "application/json", "text/html", "text/event-stream"
RESPOND_ASYNC = "respond-async"
NO_STORE = {"Cache-Control": "no-store"}  # faces lie on no proxy's disk

Every = Annotated[float, Query(ge=LEAST_EVERY, le=MOST_EVERY, description="seconds between two frames looked at")]
Variant = Annotated[str | None, Query(description="server: accurate; lite: light; the server's own when left out")]
MinScore = Annotated[float | None, Query(ge=0, le=1, description="least score of a face")]

_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": [FIELD], "properties": {FIELD: _BINARY}}
_URL = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "format": "uri"}}}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string"},
    "description": f"{RESPOND_ASYNC}: answer 202 at once, with the run's address in Location (RFC 7240)",
}
BODY: dict[str, Any] = {
    "parameters": [_PREFER],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _FORM},
            "video/*": {"schema": _BINARY},
            "application/octet-stream": {"schema": _BINARY},
            "application/json": {"schema": _URL},
        },
    },
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ReportAnswer,
        "description": "The report; as a page for Accept: text/html, with its progress for Accept: text/event-stream",
        "content": {HTML: {"schema": {"type": "string"}}, EVENTS: {"schema": {"type": "string"}}},
    },
    202: {"model": RunAnswer, "description": "It has begun; ask at Location"},
}


def add_video(app: FastAPI, detector: LocalDetector, settings: Settings) -> None:
    """Answer POST /v1/video, and what belongs to a run that answers later."""
    limits = VideoLimits(max_seconds=settings.max_video_seconds, max_pixels=settings.max_image_pixels)
    runs = Runs(detector=detector, limits=limits)
    fetching = FetchLimits(
        max_bytes=settings.max_video_bytes,
        seconds=settings.fetch_seconds,
        policy=AddressPolicy.from_text(settings.allow_addresses, is_public_only=not settings.fetch_private),
    )
    bodies = VideoBodies(limits=fetching)
    router = APIRouter(tags=["video"])

    @router.post(PATH, response_model=ReportAnswer, responses=ANSWERS, openapi_extra=BODY)
    async def post_video(
        request: Request, every_seconds: Every = 1.0, variant: Variant = None, min_score: MinScore = None
    ) -> Response:
        """Look at a video, frame by sampled frame: who wore no mask, or wore it wrongly, from when to when.

        It is the form's file `video`, the body itself, or the `url` of a JSON body.
        """
        options = DetectOptions(variant=variant or settings.variant, min_score=min_score)
        media_type = _choose(request)
        detector.admit(options)
        with runs.receiving():
            given = await bodies.read(request)
        wish = Wish(source=given.name, every_seconds=every_seconds, options=options)
        run = runs.start(wish, given.source)
        if prefers(request.headers.get("prefer", ""), RESPOND_ASYNC):
            return _accepted(run, runs)
        if media_type == EVENTS:
            return StreamingResponse(
                tell(run, runs), media_type=EVENTS, headers={**NO_STORE, "X-Accel-Buffering": "no"}
            )
        report = await wait_for(run, runs, request)
        return _page(report) if media_type == HTML else JSONResponse(to_report_answer(report), headers=NO_STORE)

    _add_run(router, runs)
    app.include_router(router)


def _add_run(router: APIRouter, runs: Runs) -> None:
    @router.get(f"{PATH}/{{run_id}}")
    async def get_run(run_id: str, response: Response) -> RunAnswer:
        """How far a run has come; with its report once it is done, for an hour."""
        response.headers.update(NO_STORE)
        run = runs.find(run_id)
        if run.ended_at is None:
            response.headers["Retry-After"] = "1"
        return to_run_answer(run, now=runs.now())

    @router.get(f"{PATH}/{{run_id}}/report.html", response_class=HTMLResponse)
    async def get_page(run_id: str) -> HTMLResponse:
        """The report as a page, with pictures; 409 before it is there."""
        return _page(runs.find(run_id).result())

    @router.delete(f"{PATH}/{{run_id}}", status_code=204)
    async def delete_run(run_id: str) -> None:
        """Cancel a run, or forget its report at once."""
        runs.drop(runs.find(run_id))


def _choose(request: Request) -> str:
    media_type = preferred(request.headers.get("accept", ""), (JSON, HTML, EVENTS))
    if media_type is None:
        raise HTTPException(406, f"a report comes as {JSON}, {HTML} or {EVENTS}")
    return media_type


def _accepted(run: Run, runs: Runs) -> JSONResponse:
    headers = {**NO_STORE, "Location": f"{PATH}/{run.id}", "Preference-Applied": RESPOND_ASYNC}
    return JSONResponse(to_run_answer(run, now=runs.now()), status_code=202, headers=headers)


def _page(report: Report) -> HTMLResponse:
    return HTMLResponse(to_page(report), headers=NO_STORE)
