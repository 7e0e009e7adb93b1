"""The API as an app of its own: any number of them in one process."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from common.errors import NotFound
from console.api import (
    account,
    alerts,
    audit,
    camera_history,
    camera_sheets,
    cameras,
    docs,
    feedback,
    health,
    login,
    models,
    privacy,
    receivers,
    rules,
    silences,
    snapshots,
    statistics,
    stream,
    system,
    tokens,
    trials,
    users,
    wall,
)
from console.api.limits import BodyLimits
from console.api.openapi import describe, operation_id
from console.api.problems import answer_with_problems
from console.api.recorder import Recorder
from console.audit import Repeats
from console.context import Console
from console.feed import Feed
from console.gallery import Gallery
from console.guard import SecurityHeaders
from console.scene import Watch
from console.slots import Slots
from console.system import versions
from console.texts import t
from console.trials import Trials

PREFIX = "/api/v1"
ROUTERS = (
    login,
    camera_sheets,  # before cameras: `export` is no camera's id
    camera_history,
    cameras,
    snapshots,
    rules,
    alerts,
    feedback,
    silences,
    receivers,
    statistics,
    system,
    users,
    stream,
    trials,
    models,
    wall,
    audit,
    account,
    tokens,
    privacy,
)


def create_api(console: Console) -> FastAPI:
    """The REST API, /docs, /healthz, /readyz and /metrics."""
    app = FastAPI(
        title=t("app"),
        version=versions()["maskwatch"],
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        lifespan=_until_the_end,
    )
    describe(app)
    app.state.console = console
    app.state.stopping = threading.Event()  # set by the server before it stops: endless answers end
    app.state.gallery = Gallery(console)
    app.state.watch = Watch(console)
    app.state.feed = Feed(app.state.watch, clock=console.clock, stopping=app.state.stopping)
    app.state.streams = Slots(each=stream.EACH, altogether=stream.ALTOGETHER)
    app.state.trials = Trials(console)
    app.state.repeats = Repeats(console.repository)
    for module in ROUTERS:
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(docs.router)
    app.include_router(_unknown)
    app.add_middleware(Recorder, console=console, repeats=app.state.repeats)
    app.add_middleware(BodyLimits)
    app.add_middleware(SecurityHeaders)
    answer_with_problems(app)
    return app


@asynccontextmanager
async def _until_the_end(app: FastAPI) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.repeats.close)


_unknown = APIRouter(include_in_schema=False)


@_unknown.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(rest: str) -> None:
    """Else the web UI would answer with a page of its own."""
    raise NotFound(f"there is no /api/{rest}")
