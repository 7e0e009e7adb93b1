"""The API as an app of its own: any number of them in one process."""

from __future__ import annotations

import threading

from fastapi import APIRouter, FastAPI

from common.errors import NotFound
from console.api import (
    alerts,
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
    trials,
    users,
    wall,
    privacy,
)
from console.api.openapi import describe, operation_id
from console.api.problems import answer_with_problems
from console.context import Console
from console.feed import Feed
from console.gallery import Gallery
from console.guard import SecurityHeaders
from console.scene import Watch
from console.system import versions
from console.texts import t
from console.trials import Trials

PREFIX = "/api/v1"
ROUTERS = (
    login,
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
    )
    describe(app)
    app.state.console = console
    app.state.stopping = threading.Event()  # set by the server before it stops: endless answers end
    app.state.gallery = Gallery(console)
    app.state.watch = Watch(console)
    app.state.feed = Feed(app.state.watch, clock=console.clock, stopping=app.state.stopping)
    app.state.trials = Trials(console)
    for module in ROUTERS:
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(docs.router)
    app.include_router(_unknown)
    app.add_middleware(SecurityHeaders)
    answer_with_problems(app)
    return app


_unknown = APIRouter(include_in_schema=False)


@_unknown.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(rest: str) -> None:
    """Else the web UI would answer with a page of its own."""
    raise NotFound(f"there is no /api/{rest}")
