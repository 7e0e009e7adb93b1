"""The JSON of a prediction, one shape everywhere: `maskwatch predict --json`, POST /v1/predict and its client."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import (
    Any,
    NotRequired,  # pydantic needs this one before Python 3.12
)

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from common.domain.prediction import Face, PictureResult
from common.errors import MalformedMessage

PIXEL_DECIMALS = 2
SHARE_DECIMALS = 4


class FaceAnswer(TypedDict):
    """One face. Boxes and points are pixels of the given picture, origin top left."""

    box: list[float]  # x1, y1, x2, y2
    score: float
    landmarks: list[list[float]]  # eye on the picture's left, on its right, nose tip, mouth corner left, right
    label: str  # no_mask, mask_incorrect, mask_correct, uncertain
    probabilities: dict[str, float]
    uncovered: list[str]  # of NOSE, MOUTH, CHIN
    appearance: NotRequired[str]  # where it was asked for: base64 of what common.appearances describes


class PictureAnswer(TypedDict):
    """One picture or video frame; `faces` come in falling score and are empty when `error` says why."""

    source: str | None
    frame: int | None  # of a video, from 0
    width: int
    height: int
    model: dict[str, str | None]
    faces: list[FaceAnswer]
    timings_ms: dict[str, float]
    error: str | None


def to_answer(result: PictureResult, *, source: str | None = None, frame: int | None = None) -> PictureAnswer:
    """The result as plain JSON values; numbers are rounded to what they are worth."""
    return {
        "source": source,
        "frame": frame,
        "width": result.width,
        "height": result.height,
        "model": dict(result.model),
        "faces": [to_face_answer(*pair) for pair in zip_longest(result.faces, result.appearances)],
        "timings_ms": {stage: round(spent, 3) for stage, spent in result.timings_ms.items()},
        "error": result.error,
    }


def to_face_answer(face: Face, appearance: bytes | None = None) -> FaceAnswer:
    """One face as plain JSON values."""
    answer: FaceAnswer = {
        "box": [round(value, PIXEL_DECIMALS) for value in face.box],
        "score": round(face.score, SHARE_DECIMALS),
        "landmarks": [[round(x, PIXEL_DECIMALS), round(y, PIXEL_DECIMALS)] for x, y in face.landmarks],
        "label": face.label.value,
        "probabilities": {name: round(share, SHARE_DECIMALS) for name, share in face.probabilities.items()},
        "uncovered": list(face.uncovered),
    }
    if appearance is not None:
        answer["appearance"] = base64.b64encode(appearance).decode()
    return answer


_RESULT = TypeAdapter(PictureResult)


def from_answer(answer: dict[str, Any]) -> PictureResult:
    """The result of such an answer. Raises MalformedMessage when it is none."""
    try:
        result = _RESULT.validate_python(answer)
        return replace(result, appearances=_appearances(answer["faces"]))
    except ValidationError as exc:
        raise MalformedMessage(f"this is no answer of the model API: {exc.errors()[0]['msg']}") from exc
    except (TypeError, KeyError, ValueError) as exc:
        raise MalformedMessage("this is no answer of the model API: an appearance is no base64") from exc


def _appearances(faces: Sequence[dict[str, Any]]) -> tuple[bytes, ...]:
    if not all("appearance" in face for face in faces):
        return ()
    return tuple(base64.b64decode(face["appearance"], validate=True) for face in faces)
