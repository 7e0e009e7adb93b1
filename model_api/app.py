"""The models over HTTP: POST /v1/predict, POST /v1/gate, and how they are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from common.answers import FaceAnswer, PictureAnswer, to_answer, to_face_answer
from common.errors import InvalidInput
from common.ports.detector import DetectOptions, Tiles
from common.runtime.health import readiness
from common.settings import Settings
from model_api.ask import ask
from model_api.bodies import FIELD, MOST_IMAGES, read_pictures
from model_api.decode import Limits
from model_api.gate import decide
from model_api.local import LocalDetector
from model_api.problems import add_problem_handlers
from model_api.receiving import limit_receiving
from model_api.routes.models import add_model_list
from model_api.routes.open_inference import add_open_inference
from model_api.routes.paddlehub import add_paddlehub
from model_api.routes.ucloud import add_ucloud
from model_api.routes.video import add_video

Variant = Annotated[str | None, Query(description="server: accurate; lite: light; the server's own when left out")]
MinScore = Annotated[
    float | None, Query(ge=0, le=1, description="least score of a face; the model's own when left out")
]
Fit = Annotated[bool, Query(description="also say what is uncovered")]
Appearance = Annotated[bool, Query(description="also how each face looks, to know it again in the next minutes")]
TilesOption = Annotated[
    Tiles | None,
    Query(description="auto: also look at parts of large pictures, for small faces; the server's own when left out"),
]

_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "properties": {FIELD: {"type": "array", "items": _BINARY, "maxItems": MOST_IMAGES}}}
_BASE64 = {"type": "object", "properties": {FIELD: {"type": "array", "items": {"type": "string", "format": "byte"}}}}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _FORM},
            "image/*": {"schema": _BINARY},
            "application/json": {"schema": _BASE64},
        },
    }
}


class PredictAnswer(TypedDict):
    """One result per picture, in order."""

    results: list[PictureAnswer]


class GateResponse(TypedDict):
    """`decision` is allow, deny or retry; `face` the one that was judged."""

    decision: str
    reason: str
    face: FaceAnswer | None


def create_app(detector: LocalDetector, settings: Settings) -> FastAPI:
    """The app around a detector that its caller opens and closes."""
    # Its pages at /docs bring their own scripts: a model server often reaches no other host.
    app = FastAPIOffline(
        title="Maskwatch model API", version="1", description="Faces and whether they wear a mask.", redoc_url=None
    )
    add_problem_handlers(app)
    limit_receiving(app, settings)
    app.state.answer_seconds = settings.answer_seconds
    _add_models(app, detector, settings)
    add_model_list(app, detector)
    add_open_inference(app, detector, settings)
    add_ucloud(app, detector, settings)
    add_paddlehub(app, detector, settings)
    add_video(app, detector, settings)
    _add_health(app, detector)
    return app


def _add_models(app: FastAPI, detector: LocalDetector, settings: Settings) -> None:
    limits = Limits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)

    @app.post("/v1/predict", openapi_extra=BODY, tags=["pictures"])
    async def predict(
        request: Request,
        variant: Variant = None,
        min_score: MinScore = None,
        fit: Fit = True,
        tiles: TilesOption = None,
        appearance: Appearance = False,
    ) -> PredictAnswer:
        """Find and judge the faces of 1 to 64 pictures.

        One bad picture among several is that result's `error`; alone it is the request's.
        """
        options = DetectOptions(
            variant=variant or settings.variant,
            min_score=min_score,
            fit=fit,
            tiles=tiles or settings.tiles,
            appearance=appearance,
        )
        detector.admit(options)
        pictures = await read_pictures(request, max_bytes=limits.max_bytes)
        results = await ask(detector, request, pictures, options=options, limits=limits)
        return {"results": [to_answer(result) for result in results]}

    @app.post("/v1/gate", openapi_extra=BODY, tags=["pictures"])
    async def gate(request: Request, variant: Variant = None, min_score: MinScore = None) -> GateResponse:
        """Decide on the nearest face of one picture: allow, deny, or retry with another picture."""
        options = DetectOptions(variant=variant or settings.variant, min_score=min_score)
        detector.admit(options)
        pictures = await read_pictures(request, max_bytes=limits.max_bytes)
        if len(pictures) != 1:
            raise InvalidInput(f"the gate judges one picture, got {len(pictures)}")
        answer = decide((await ask(detector, request, pictures, options=options, limits=limits))[0])
        face = to_face_answer(answer.face) if answer.face else None
        return {"decision": answer.decision.value, "reason": answer.reason, "face": face}


def _add_health(app: FastAPI, detector: LocalDetector) -> None:
    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"])
    async def readyz() -> JSONResponse:
        """The models are loaded and warm."""
        is_ready, report = readiness({"models": detector.check})
        body = {"status": "ok" if is_ready else "unavailable", "checks": report}
        return JSONResponse(body, status_code=200 if is_ready else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
