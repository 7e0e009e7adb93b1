"""/healthz, /readyz, /metrics: without a login, for probes"""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import common.metrics  # noqa: F401  # declares them: they are shown from the start, at 0
from common.runtime.health import readiness
from console.api.access import Desk
from console.system import checks

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(console: Desk) -> JSONResponse:
    """Database, store, coordination and broker can be used now (200), or which can not (503)."""
    is_ready, report = readiness(checks(console))
    body = {"status": "ok" if is_ready else "unavailable", "checks": report}
    return JSONResponse(body, status_code=200 if is_ready else 503)


@router.get("/metrics", response_class=Response)
def metrics() -> Response:
    """Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
