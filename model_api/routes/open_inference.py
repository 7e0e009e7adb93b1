"""The Open Inference Protocol v2 over HTTP: this server as Triton, KServe or MLServer would answer.

Source: inference_rest.md of kserve/open-inference-protocol. One model is served, `maskwatch`: the whole pipeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any, get_args

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from common.domain.prediction import PictureResult
from common.errors import InvalidInput, MaskwatchError
from common.ports.detector import DetectOptions, Tiles
from common.settings import Settings
from model_api.ask import ask
from model_api.bodies import BODY_IMAGES, read_body
from model_api.decode import Limits
from model_api.errors import ModelNotFound
from model_api.local import LocalDetector
from model_api.routes.infer_request import InferRequest, read_infer
from model_api.routes.infer_response import HEADER_LENGTH, TENSORS, chosen, render
from model_api.routes.refusals import refusing_as

MODEL = "maskwatch"
VERSION = "1"  # of the tensors' names and shapes, not of the networks: those are in the answer's parameters
PREFIX = "/v2/models/{name}"
VERSIONED = PREFIX + "/versions/{version}"
# Pixels as JSON take up to four characters each; BYTES_AS_JSON times the largest picture may come as text.
BYTES_AS_JSON = 4
BAD_REQUEST, UNPROCESSABLE = 400, 422  # the protocol's "typically 400" stands for the second

INPUTS = [  # one of them is given
    {"name": "images", "datatype": "BYTES", "shape": [-1]},  # encoded pictures, base64 in JSON
    {"name": "pixels", "datatype": "UINT8", "shape": [-1, -1, -1, 3]},  # RGB
]
METADATA: dict[str, Any] = {
    "name": MODEL,
    "versions": [VERSION],
    "platform": "maskwatch_pipeline",
    "inputs": INPUTS,
    "outputs": [{"name": each.name, "datatype": each.datatype, "shape": list(each.shape)} for each in TENSORS],
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["inputs"]}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def add_open_inference(app: FastAPI, detector: LocalDetector, settings: Settings) -> None:
    """Answer under /v2."""
    routes = refusing_as(lambda _status, sentence: {"error": sentence}, statuses={UNPROCESSABLE: BAD_REQUEST})
    router = APIRouter(route_class=routes, tags=["Open Inference Protocol v2"])
    _add_server(router, detector)
    _add_model(router, detector)
    _add_infer(router, detector, settings)
    app.include_router(router)


def _add_server(router: APIRouter, detector: LocalDetector) -> None:
    @router.get("/v2")
    async def server_metadata() -> dict[str, Any]:
        """What this server is."""
        version = metadata.version("maskwatch")
        return {"name": "maskwatch", "version": version, "extensions": ["binary_tensor_data"]}

    @router.get("/v2/health/live")
    async def server_live() -> dict[str, bool]:
        """The process answers."""
        return {"live": True}

    @router.get("/v2/health/ready")
    async def server_ready() -> JSONResponse:
        """The models are loaded and warm; 503 otherwise."""
        is_ready = _is_ready(detector)
        return JSONResponse({"live": True, "ready": is_ready}, status_code=200 if is_ready else 503)


def _add_model(router: APIRouter, detector: LocalDetector) -> None:
    @router.get(PREFIX)
    @router.get(VERSIONED)
    async def model_metadata(name: str, version: str = VERSION) -> dict[str, Any]:
        """The model's inputs and outputs."""
        _find(name, version)
        return METADATA

    @router.get(PREFIX + "/ready")
    @router.get(VERSIONED + "/ready")
    async def model_ready(name: str, version: str = VERSION) -> JSONResponse:
        """The model is loaded and warm; 503 otherwise."""
        _find(name, version)
        is_ready = _is_ready(detector)
        return JSONResponse({"name": name, "ready": is_ready}, status_code=200 if is_ready else 503)


def _add_infer(router: APIRouter, detector: LocalDetector, settings: Settings) -> None:
    limits = Limits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)

    @router.post(PREFIX + "/infer", openapi_extra=BODY)
    @router.post(VERSIONED + "/infer", openapi_extra=BODY)
    async def infer(request: Request, name: str, version: str = VERSION) -> Response:
        """Find and judge the faces of 1 to 64 pictures.

        Parameters: variant, min_score, fit, tiles. One bad picture among several has its sentence in `errors`.
        """
        _find(name, version)
        detector.admit(DetectOptions(variant=settings.variant))
        header_length = request.headers.get(HEADER_LENGTH)
        most = (BODY_IMAGES if header_length is not None else BYTES_AS_JSON) * limits.max_bytes
        body = await read_body(request, most)
        # Copying and storing pixels takes long, and NumPy and OpenCV let other requests go on meanwhile.
        asked, pictures = await run_in_threadpool(read_infer, body, header_length=header_length, limits=limits)
        outputs, options = chosen(asked), _options(asked, settings)
        results = await ask(detector, request, pictures, options=options, limits=limits)
        head: dict[str, Any] = {"model_name": name, "model_version": version}
        if asked.id is not None:
            head["id"] = asked.id
        head["parameters"] = _networks(results)
        return render(results, outputs, head=head)


def _find(name: str, version: str) -> None:
    if name != MODEL or version != VERSION:
        raise ModelNotFound(f"there is no model {name!r} of version {version!r}; there is {MODEL!r}, version {VERSION}")


def _is_ready(detector: LocalDetector) -> bool:
    try:
        detector.check()
    except MaskwatchError:
        return False
    return True


def _options(asked: InferRequest, settings: Settings) -> DetectOptions:
    given = asked.parameters
    variant, least, fit = given.get("variant", settings.variant), given.get("min_score"), given.get("fit", True)
    if not isinstance(variant, str) or not isinstance(fit, bool):
        raise InvalidInput("parameters: variant is a string, fit a boolean")
    if least is not None and (isinstance(least, bool) or not isinstance(least, int | float)):
        raise InvalidInput(f"parameters: min_score is {least!r}, no number")
    tiles = given.get("tiles", settings.tiles)
    if tiles not in get_args(Tiles):
        raise InvalidInput(f"parameters: tiles is {tiles!r}; known: {', '.join(get_args(Tiles))}")
    return DetectOptions(variant=variant, min_score=least, fit=fit, tiles=tiles)


def _networks(results: Sequence[PictureResult]) -> dict[str, str]:
    """Which networks answered, by their part: detector, classifier, fit."""
    answered = next((result.model for result in results if result.model), {})
    return {part: model_id for part, model_id in answered.items() if model_id}
