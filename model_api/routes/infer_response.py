"""Results -> an inference response of the Open Inference Protocol; see infer_request.py for its sources.

Faces of all pictures lie one behind the other, in the pictures' order; `counts` says how many belong to each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray

from common.answers import PIXEL_DECIMALS, SHARE_DECIMALS
from common.domain.prediction import CLASSES, Face, PictureResult
from common.errors import InvalidInput
from model_api.routes.infer_request import LENGTH_BYTES, InferRequest

HEADER_LENGTH = "Inference-Header-Content-Length"
DTYPES: dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "INT64": np.dtype("<i8")}  # of the wire: little-endian

Values = Callable[[Sequence[PictureResult]], list[Any]]


def _of_faces(read: Callable[[Face], Any]) -> Values:
    return lambda results: [read(face) for result in results for face in result.faces]


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """An output: its name, type, shape (-1: as many as there are), and where its values come from."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: Values
    decimals: int = 0  # in JSON; binary tensors are not rounded


TENSORS = (
    Tensor(name="counts", datatype="INT64", shape=(-1,), values=lambda results: [len(each.faces) for each in results]),
    Tensor(
        name="boxes", datatype="FP32", shape=(-1, 4), values=_of_faces(lambda face: face.box), decimals=PIXEL_DECIMALS
    ),
    Tensor(
        name="scores", datatype="FP32", shape=(-1,), values=_of_faces(lambda face: face.score), decimals=SHARE_DECIMALS
    ),
    Tensor(name="labels", datatype="BYTES", shape=(-1,), values=_of_faces(lambda face: face.label.value)),
    Tensor(
        name="probabilities",  # no_mask, mask_incorrect, mask_correct
        datatype="FP32",
        shape=(-1, len(CLASSES)),
        values=_of_faces(lambda face: [face.probabilities[label.value] for label in CLASSES]),
        decimals=SHARE_DECIMALS,
    ),
    Tensor(
        name="landmarks",
        datatype="FP32",
        shape=(-1, 5, 2),
        values=_of_faces(lambda face: face.landmarks),
        decimals=PIXEL_DECIMALS,
    ),
    Tensor(name="uncovered", datatype="BYTES", shape=(-1,), values=_of_faces(lambda face: ",".join(face.uncovered))),
    Tensor(name="errors", datatype="BYTES", shape=(-1,), values=lambda results: [each.error or "" for each in results]),
)
BY_NAME = {tensor.name: tensor for tensor in TENSORS}


def chosen(request: InferRequest) -> list[tuple[Tensor, bool]]:
    """The outputs that are asked for, all when none is named, each with whether it goes as binary data.

    Raises InvalidInput for an unknown name.
    """
    is_binary = request.parameters.get("binary_data_output") is True
    if not request.outputs:
        return [(tensor, is_binary) for tensor in TENSORS]
    unknown = [output.name for output in request.outputs if output.name not in BY_NAME]
    if unknown:
        raise InvalidInput(f"there is no output {unknown[0]!r}; there are {', '.join(BY_NAME)}")
    return [(BY_NAME[each.name], each.parameters.get("binary_data", is_binary) is True) for each in request.outputs]


def render(
    results: Sequence[PictureResult], outputs: Sequence[tuple[Tensor, bool]], *, head: dict[str, Any]
) -> Response:
    """The response; `head`: model_name, model_version and, where the request had one, id."""
    described, tail = [], b""
    for tensor, is_binary in outputs:
        values = tensor.values(results)
        entry: dict[str, Any] = {"name": tensor.name, "datatype": tensor.datatype}
        if is_binary:
            data = _bytes(tensor, values)
            entry |= {"shape": _shape(tensor, values), "parameters": {"binary_data_size": len(data)}}
            tail += data
        else:
            entry |= {"shape": _shape(tensor, values), "data": _list(tensor, values)}
        described.append(entry)
    content = {**head, "outputs": described}
    if not any(is_binary for _, is_binary in outputs):
        return JSONResponse(content)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(text + tail, media_type="application/octet-stream", headers={HEADER_LENGTH: str(len(text))})


def _shape(tensor: Tensor, values: list[Any]) -> list[int]:
    return [len(values), *tensor.shape[1:]]


def _array(tensor: Tensor, values: list[Any]) -> NDArray[Any]:
    return np.asarray(values, np.float64 if tensor.datatype == "FP32" else np.int64).reshape(_shape(tensor, values))


def _list(tensor: Tensor, values: list[Any]) -> list[Any]:
    """Flat, row by row."""
    if tensor.datatype == "BYTES":
        return values
    flat: list[Any] = _array(tensor, values).round(tensor.decimals).ravel().tolist()
    return flat


def _bytes(tensor: Tensor, values: list[Any]) -> bytes:
    if tensor.datatype == "BYTES":
        encoded = [text.encode() for text in values]
        return b"".join(len(text).to_bytes(LENGTH_BYTES, "little") + text for text in encoded)
    return _array(tensor, values).astype(DTYPES[tensor.datatype]).tobytes()
