"""stream: server-sent events"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from common.errors import Unavailable
from console.api.access import Viewer, Watching
from console.scene import FRESH_SECONDS, Scene, Watch
from console.views import alert_json, event_json, prediction_json

router = APIRouter(tags=["stream"])

Change = tuple[str, dict[str, Any]]  # kind, body


@router.get("/stream", response_class=StreamingResponse)
async def stream(request: Request, watch: Watching, _who: Viewer) -> StreamingResponse:
    """Predictions, events, alerts and camera states as they change; the present ones first.

    Looked at once a second: of pictures that come faster, the newest is sent.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_follow(request, watch), media_type="text/event-stream", headers=headers)


async def _follow(request: Request, watch: Watch) -> AsyncIterator[str]:
    before: Scene | None = None
    while not request.app.state.stopping.is_set() and not await request.is_disconnected():
        try:
            scene = await run_in_threadpool(watch.scene)
        except Unavailable as exc:
            yield _message("error", {"code": exc.code, "detail": str(exc)})
        else:
            for kind, body in changes(before, scene):
                yield _message(kind, body)
            before = scene
        # Browsers tell ages by this clock, and a connection that is gone is noticed by both sides.
        yield _message("tick", {"now": request.app.state.console.clock()})
        await asyncio.sleep(FRESH_SECONDS)


def changes(before: Scene | None, scene: Scene) -> Iterator[Change]:
    """What differs between two scenes; all of it when there is none before."""
    seen = {sight.camera.id: sight for sight in before.sights} if before else {}
    cameras = {sight.camera.id: sight.camera for sight in scene.sights}
    for sight in scene.sights:
        known = seen.get(sight.camera.id)
        if known is None or (known.state, known.detail) != (sight.state, sight.detail):
            yield "camera", sight.to_json()
        prediction = scene.predictions.get(sight.snapshot_id)
        if prediction and (known is None or known.snapshot_id != sight.snapshot_id):
            yield "prediction", prediction_json(prediction)
    old_events = set(before.events) if before else set()
    for event in reversed(scene.events):
        if event not in old_events:
            yield "event", event_json(event)
    old_alerts = set(before.alerts) if before else set()
    for alert in reversed(scene.alerts):
        if alert not in old_alerts:
            yield "alert", alert_json(alert, cameras.get(alert.camera_id), None)


def _message(kind: str, body: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(jsonable_encoder(body))}\n\n"
