"""The mask detection of UCloud's UAI-Censor.

Source: the request, Type, Rect, Color and Uncovered of "create a mask detection task" in UCloud's public documentation
(docs.ucloud.cn, uai-censor, api/censor/mask). That page calls the return code RetCode and the uncovered parts nose and
mouth; the service itself answered with Code, NOSE and MOUSE, and with a Landmark. Both codes are answered here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from common.domain.prediction import CLASSES, Face, Label
from common.errors import InvalidInput
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.ask import ask
from model_api.bodies import FIELD, UnsupportedBody, receive_pictures
from model_api.decode import Limits
from model_api.local import LocalDetector
from model_api.routes.refusals import refusing_as

FORM_FIELD = "Image"  # of the file; Method, Url and the signature's headers are not looked at
EXPECTED = f"send one picture, as the file {FORM_FIELD!r} of a multipart form; a Url is not fetched"
URL_FORM = "application/x-www-form-urlencoded"  # Method=url, sent without a file
SUCCESS = 0
TYPES = {Label.NO_MASK: 0, Label.MASK_INCORRECT: 1, Label.MASK_CORRECT: 2}
# Of the documented colours (white, black, blue, other) the only one that claims nothing: the models know no colours.
COLOR = "other"
SPELLINGS = {"NOSE": "NOSE", "MOUTH": "MOUSE"}  # as the service spelt them; it had no CHIN
IMPLIED = {Label.NO_MASK: ("NOSE", "MOUTH"), Label.MASK_INCORRECT: ("NOSE",)}

_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {FORM_FIELD: {"type": "string", "format": "binary"}, "Method": {"type": "string", "enum": ["file"]}},
    "required": [FORM_FIELD],
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


class FaceResult(TypedDict):
    """One face, in whole pixels of the given picture."""

    Landmark: list[float]  # x, y of eye on the picture's left, on its right, nose tip, mouth corner left, right
    Color: str
    Type: int  # 0 no mask, 1 worn wrongly, 2 worn properly
    Rect: list[int]  # x, y, width, height
    Uncovered: list[str]  # of NOSE, MOUSE


class MaskAnswer(TypedDict):
    """`Code` and `RetCode` are 0, or the HTTP status of what went wrong."""

    Timestamp: int  # seconds since 1970
    Message: str
    Code: int
    RetCode: int
    Results: list[FaceResult]


def add_ucloud(
    app: FastAPI, detector: LocalDetector, settings: Settings, *, now: Callable[[], float] = time.time
) -> None:
    """Answer POST /compat/ucloud/detect-mask."""

    def refusal(status: int, sentence: str) -> dict[str, Any]:
        return dict(_answer(now(), message=sentence, code=status, results=[]))

    limits = Limits(max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels)
    router = APIRouter(route_class=refusing_as(refusal), tags=["UCloud"])

    @router.post("/compat/ucloud/detect-mask", openapi_extra=BODY)
    async def detect_mask(request: Request) -> MaskAnswer:
        """Faces of one picture in UCloud's shape. Pictures are sent along: a `Url` is not fetched."""
        options = DetectOptions(variant=settings.variant)
        detector.admit(options)
        if request.headers.get("content-type", "").startswith(URL_FORM):
            raise UnsupportedBody(EXPECTED)
        pictures = await receive_pictures(request, max_bytes=limits.max_bytes, fields=(FORM_FIELD, FIELD))
        if len(pictures) != 1:
            raise InvalidInput(f"{EXPECTED}; got {len(pictures)} pictures")
        (result,) = await ask(detector, request, pictures, options=options, limits=limits)
        return _answer(now(), message="success", code=SUCCESS, results=[_result(face) for face in result.faces])

    app.include_router(router)


def _answer(seconds: float, *, message: str, code: int, results: list[FaceResult]) -> MaskAnswer:
    return {"Timestamp": int(seconds), "Message": message, "Code": code, "RetCode": code, "Results": results}


def _result(face: Face) -> FaceResult:
    x1, y1, x2, y2 = (round(edge) for edge in face.box)
    label = most_likely(face)
    uncovered = face.uncovered or IMPLIED.get(label, ())
    return {
        "Landmark": [round(value, 2) for point in face.landmarks for value in point],
        "Color": COLOR,
        "Type": TYPES[label],
        "Rect": [x1, y1, x2 - x1, y2 - y1],
        "Uncovered": [SPELLINGS[part] for part in uncovered if part in SPELLINGS],
    }


def most_likely(face: Face) -> Label:
    """The label; of an uncertain face the likeliest class, for the service knew no doubt."""
    if face.label is not Label.UNCERTAIN:
        return face.label
    return max(CLASSES, key=lambda label: face.probabilities[label.value])
