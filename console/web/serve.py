"""Serves the UI's files, and its one HTML document at every page's address."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC = Path(str(files("console.web").joinpath("static")))
# First parts of the pages' addresses, as static/app.js has them: what else is asked for is 404, and says so.
PAGES = frozenset(
    {
        "", "login", "cameras", "alerts", "events", "rules", "receivers", "silences", "statistics", "try", "gate",
        "models", "system", "people", "audit", "account", "privacy",
    }
)  # fmt: skip
# Browsers ask each time whether a file has changed (ETag): after an update nobody runs old code against a new API.
NO_CACHE = {"Cache-Control": "no-cache"}


class Assets(StaticFiles):
    """The files."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """One file, to be asked for again."""
        response = super().file_response(*args, **options)
        response.headers.update(NO_CACHE)
        return response


def add_web(app: FastAPI) -> None:
    """Add the UI to an app that has its API already: what is no other's address is a page's."""
    app.mount("/assets", Assets(directory=STATIC), name="assets")
    app.include_router(_router())


def _router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    document = (STATIC / "index.html").read_text(encoding="utf-8")

    @router.get("/favicon.ico")
    def favicon() -> Response:
        return FileResponse(STATIC / "logo.svg", media_type="image/svg+xml")

    @router.get("/{path:path}")
    def page(path: str) -> HTMLResponse:
        is_known = path.partition("/")[0] in PAGES
        return HTMLResponse(document, status_code=200 if is_known else 404, headers=NO_CACHE)

    return router
