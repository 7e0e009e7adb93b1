"""The mask detectors of PaddleHub Serving.

Source: the pages of pyramidbox_lite_server_mask and pyramidbox_lite_mobile_mask (PaddleHub 2, modules/image/
face_detection) for the request and the results, paddlehub/serving/app_compat.py's documented codes for `status`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from common.domain.prediction import Face, Label, PictureResult
from common.errors import InvalidInput, UnreadableImage
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.ask import ask
from model_api.bodies import FIELD, MOST_IMAGES, from_json, limit_pictures, read_json
from model_api.decode import Limits
from model_api.local import LocalDetector
from model_api.routes.refusals import refusing_as

LEAST_SCORE = "confs_threshold"  # of their further arguments the one that means something here; the others are ignored
VARIANTS = {"pyramidbox_lite_server_mask": "server", "pyramidbox_lite_mobile_mask": "lite"}
FINE, FAILED, NO_JSON = "000", "101", "112"  # as PaddleHub Serving documents them
UNSUPPORTED = 415  # HTTP

_JSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        FIELD: {"type": "array", "items": {"type": "string", "format": "byte"}, "maxItems": MOST_IMAGES},
        LEAST_SCORE: {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": [FIELD],
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": _JSON}}}}


class FaceData(TypedDict):
    """One face, in whole pixels of the given picture."""

    label: str  # MASK, NO MASK
    confidence: float  # of the label, 0..1
    top: int
    bottom: int
    left: int
    right: int
    id: int  # counts the picture's faces from 1


class PictureData(TypedDict):
    """One picture; `path` names it as PaddleHub names pictures that have no path."""

    data: list[FaceData]
    path: str


class ServingAnswer(TypedDict):
    """`status` is 000; when something went wrong it is another, `msg` says what, and `results` is an empty string."""

    msg: str
    results: list[PictureData]
    status: str


def add_paddlehub(
    app: FastAPI, detector: LocalDetector, settings: Settings, *, now: Callable[[], float] = time.time
) -> None:
    """Answer POST /predict/pyramidbox_lite_server_mask and …_mobile_mask."""
    limits = Limits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)
    router = APIRouter(route_class=refusing_as(_refusal), tags=["PaddleHub"])

    async def answer(request: Request, variant: str) -> ServingAnswer:
        detector.admit(DetectOptions(variant=variant))
        body = await read_json(request, max_bytes=limits.max_bytes)
        pictures = from_json(body)
        limit_pictures(len(pictures))
        options = DetectOptions(variant=variant, min_score=_least_score(body))
        results = await ask(detector, request, pictures, options=options, limits=limits)
        _refuse_unreadable(results)
        microseconds = int(1e6 * now())
        found = [_picture(result, microseconds + index) for index, result in enumerate(results)]
        return {"msg": "", "results": found, "status": FINE}

    @router.post("/predict/pyramidbox_lite_server_mask", openapi_extra=BODY)
    async def server_mask(request: Request) -> ServingAnswer:
        """Faces in PaddleHub's shape, by the accurate detector."""
        return await answer(request, VARIANTS["pyramidbox_lite_server_mask"])

    @router.post("/predict/pyramidbox_lite_mobile_mask", openapi_extra=BODY)
    async def mobile_mask(request: Request) -> ServingAnswer:
        """Faces in PaddleHub's shape, by the light detector."""
        return await answer(request, VARIANTS["pyramidbox_lite_mobile_mask"])

    app.include_router(router)


def _refusal(status: int, sentence: str) -> dict[str, Any]:
    return {"msg": sentence, "results": "", "status": NO_JSON if status == UNSUPPORTED else FAILED}


def _least_score(body: dict[str, Any]) -> float | None:
    given = body.get(LEAST_SCORE)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise InvalidInput(f"{LEAST_SCORE} is {given!r}, no number")
    return given  # the detector refuses what is not within 0..1, also numbers too large for a float


def _refuse_unreadable(results: list[PictureResult]) -> None:
    """Their shape has no place for one picture's error, and no faces would read as nobody there."""
    for number, result in enumerate(results, start=1):
        if result.error:
            raise UnreadableImage(f"picture {number} of {len(results)}: {result.error}")


def _picture(result: PictureResult, microseconds: int) -> PictureData:
    faces = [_face(face, number) for number, face in enumerate(result.faces, start=1)]
    return {"data": faces, "path": f"ndarray_time={float(microseconds)}"}


def _face(face: Face, number: int) -> FaceData:
    left, top, right, bottom = (round(edge) for edge in face.box)
    label, confidence = two_way(face)
    return {
        "label": label,
        "confidence": confidence,
        "top": top,
        "bottom": bottom,
        "left": left,
        "right": right,
        "id": number,
    }


def two_way(face: Face) -> tuple[str, float]:
    """MASK or NO MASK, and how sure.

    A mask worn wrongly is NO MASK: people act on that word, and a face that breathes freely is what they look for. An
    uncertain face is what is likelier of the two.
    """
    covered = face.probabilities[Label.MASK_CORRECT.value]
    is_masked = covered >= 0.5 if face.label is Label.UNCERTAIN else face.label is Label.MASK_CORRECT
    return ("MASK", round(covered, 4)) if is_masked else ("NO MASK", round(1 - covered, 4))
