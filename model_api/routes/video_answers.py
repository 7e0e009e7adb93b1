"""What POST /v1/video and its siblings answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.requests import ClientDisconnect
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from common.errors import MaskwatchError
from model_api.moderation.answer import ReportAnswer, to_report_answer
from model_api.moderation.report import Report
from model_api.moderation.runs import Run, Runs
from model_api.problems import problem_body, refuse

TELL_SECONDS = 0.5  # between two looks at the progress: it is for people's eyes
SILENT_LOOKS = 20  # without news; then a comment keeps proxies from closing the connection


class RunAnswer(TypedDict):
    """How a run is. `progress` is 0..1, `seconds` of the video; `error` a problem, `report` there once it is done."""

    id: str
    state: str  # fetching, waiting, running, done, failed, cancelled
    progress: float
    frames: int
    planned_frames: int
    seconds: float
    total_seconds: float
    eta_seconds: float | None
    error: dict[str, str | int] | None
    report: ReportAnswer | None


def to_run_answer(run: Run, *, now: float) -> RunAnswer:
    """As plain JSON values; `now` by the runs' clock."""
    left = run.seconds_left(now)
    return {
        "id": run.id,
        "state": run.state.value,
        "progress": round(run.share, 4),
        "frames": run.progress.frames,
        "planned_frames": run.progress.planned_frames,
        "seconds": round(run.progress.seconds, 3),
        "total_seconds": round(run.progress.total_seconds, 3),
        "eta_seconds": None if left is None else round(left, 1),
        "error": _problem(run.error) if run.error else None,
        "report": to_report_answer(run.report) if run.report else None,
    }


async def wait_for(run: Run, runs: Runs, request: Request) -> Report:
    """The report, unless the caller closes the connection first; either way the run is forgotten.

    Raises ClientDisconnect, or what made the run fail.
    """
    assert run.task is not None  # noqa: S101  it was started
    gone = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait((run.task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not run.task.done():
            raise ClientDisconnect
        return run.result()
    finally:
        gone.cancel()
        runs.drop(run)


async def tell(run: Run, runs: Runs) -> AsyncGenerator[str, None]:
    """Server-sent events: `progress` as it changes, at the end `report` or `problem`; then the run is forgotten."""
    assert run.task is not None  # noqa: S101  it was started
    told, silent = None, 0
    try:
        while not run.task.done():
            if (news := run.progress, run.state) != told:
                told, silent = (news, run.state), 0
                yield _event("progress", to_run_answer(run, now=runs.now()))
            elif (silent := silent + 1) % SILENT_LOOKS == 0:
                yield ": still here\n\n"
            await asyncio.wait((run.task,), timeout=TELL_SECONDS)
        try:
            yield _event("report", to_report_answer(run.result()))
        except MaskwatchError as exc:
            yield _event("problem", _problem(exc))
    finally:
        runs.drop(run)


def _event(kind: str, body: object) -> str:
    return f"event: {kind}\ndata: {json.dumps(body)}\n\n"


def _problem(exc: MaskwatchError) -> dict[str, str | int]:
    return problem_body(refuse(exc).status, code=exc.code, detail=str(exc))


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
