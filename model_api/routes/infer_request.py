"""An inference request of the Open Inference Protocol, with or without binary tensors -> encoded pictures.

Source: inference_rest.md of kserve/open-inference-protocol; the binary tensors are the extension "binary_tensor_data"
of the Triton Inference Server (docs/protocol/extension_binary_data.md).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import cv2
import numpy as np
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from common.errors import ImageTooLarge, InvalidInput
from model_api.arrays import Pixels
from model_api.bodies import from_base64, limit_pictures, parse_json
from model_api.decode import Limits

MOST_DIMENSIONS = 4  # of the tensors that are taken
MOST_DIGITS = 20  # of a header's number: Python refuses to read thousands
MOST_ELEMENTS = 2**63 - 1  # along one dimension: INT64, as the protocol has it
LENGTH_BYTES = 4  # in front of each element of a binary BYTES tensor: its length, little-endian
NO_COMPRESSION = [cv2.IMWRITE_PNG_COMPRESSION, 0]  # it is decoded a moment later: small is slow


def _is_text(value: str) -> str:
    value.encode()  # half a surrogate pair, which JSON can name, could not be answered again
    return value


Text = Annotated[str, AfterValidator(_is_text)]


class Input(BaseModel):
    """One tensor; `data` is left out where the body's tail holds it."""

    name: Text
    shape: list[Annotated[int, Field(le=MOST_ELEMENTS)]] = Field(min_length=1, max_length=MOST_DIMENSIONS)
    datatype: Text
    parameters: dict[str, Any] = {}
    data: Any = None

    @property
    def size(self) -> int:
        """Elements, by the shape."""
        return math.prod(self.shape)


class Output(BaseModel):
    """One tensor that is asked for."""

    name: Text
    parameters: dict[str, Any] = {}


class InferRequest(BaseModel):
    """The JSON of an inference request."""

    id: Text | None = None
    parameters: dict[str, Any] = {}
    inputs: list[Input] = Field(min_length=1, max_length=1)
    outputs: list[Output] = Field(default=[], max_length=64)


def read_infer(body: bytes, *, header_length: str | None, limits: Limits) -> tuple[InferRequest, list[bytes]]:
    """The request and its pictures, encoded, none looked at yet.

    `header_length`: of the header Inference-Header-Content-Length, where the JSON ends and binary tensors begin.
    Raises InvalidInput, or ImageTooLarge for pixels beyond the limits.
    """
    end = _end_of_json(header_length, len(body))
    request = _parse(parse_json(body[:end]))
    return request, _pictures(request.inputs[0], body[end:], limits)


def _end_of_json(header_length: str | None, total: int) -> int:
    if header_length is None:
        return total
    is_number = header_length.isdecimal() and len(header_length) < MOST_DIGITS
    if not is_number or int(header_length) > total:
        raise InvalidInput(f"Inference-Header-Content-Length is {header_length!r}; the body has {total} bytes")
    return int(header_length)


def _parse(value: Any) -> InferRequest:
    try:
        return InferRequest.model_validate(value)
    except ValidationError as exc:
        first = exc.errors()[0]
        raise InvalidInput(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from exc


def _pictures(tensor: Input, tail: bytes, limits: Limits) -> list[bytes]:
    if min(tensor.shape) < 1:
        raise InvalidInput(f"{tensor.name} has the shape {tensor.shape}: nothing is in it")
    is_binary = "binary_data_size" in tensor.parameters
    if is_binary and tensor.parameters["binary_data_size"] != len(tail):
        raise InvalidInput(f"{tensor.name}: binary_data_size is not the {len(tail)} bytes behind the JSON")
    if not is_binary and (tail or tensor.data is None):
        raise InvalidInput(f"{tensor.name} has no data")
    if tensor.datatype == "BYTES":
        return _encoded(tensor, tail if is_binary else None)
    if tensor.datatype == "UINT8":
        return [_to_png(pixels) for pixels in _decoded(tensor, tail if is_binary else None, limits)]
    raise InvalidInput(f"{tensor.name} is {tensor.datatype}; BYTES (encoded pictures) and UINT8 (pixels) are taken")


def _encoded(tensor: Input, tail: bytes | None) -> list[bytes]:
    limit_pictures(tensor.size)
    found = _split(tensor, tail) if tail is not None else _flatten(tensor.data)
    if len(found) != tensor.size:
        raise InvalidInput(f"{tensor.name} has the shape {tensor.shape} and {len(found)} elements")
    return found if tail is not None else [from_base64(text) for text in found]


def _flatten(data: Any) -> list[Any]:
    """A BYTES tensor may be nested as its shape says, or flat."""
    rest = data
    while isinstance(rest, list) and rest and isinstance(rest[0], list):
        rest = [element for part in rest for element in (part if isinstance(part, list) else [part])]
    return rest if isinstance(rest, list) else [rest]


def _split(tensor: Input, tail: bytes) -> list[bytes]:
    """Elements up to one more than the shape has room for."""
    found: list[bytes] = []
    position = 0
    while position < len(tail) and len(found) <= tensor.size:
        start = position + LENGTH_BYTES
        position = start + int.from_bytes(tail[position:start], "little")
        if position > len(tail):
            raise InvalidInput(f"{tensor.name}: an element's length goes beyond the body's end")
        found.append(tail[start:position])
    return found


def _decoded(tensor: Input, tail: bytes | None, limits: Limits) -> Pixels:
    """[N, H, W, 3] RGB; one picture may leave N out."""
    shape = (1, *tensor.shape) if len(tensor.shape) == 3 else tuple(tensor.shape)
    if len(shape) != 4 or shape[3] != 3:
        raise InvalidInput(f"{tensor.name} has the shape {tensor.shape}, not [N, H, W, 3]")
    count, height, width, _ = shape
    limit_pictures(count)
    if height * width > limits.max_pixels or 3 * height * width > limits.max_bytes:
        raise ImageTooLarge(f"a picture of {width:,} x {height:,} is larger than is allowed")
    values = np.frombuffer(tail, np.uint8) if tail is not None else _integers(tensor)
    if values.size != tensor.size:
        raise InvalidInput(f"{tensor.name} has the shape {tensor.shape} and {values.size} elements")
    return values.reshape(shape)


def _integers(tensor: Input) -> Pixels:
    try:
        values = np.asarray(tensor.data)
    except (ValueError, OverflowError) as exc:  # ragged, or numbers beyond all types
        raise InvalidInput(f"{tensor.name}: its data does not fit its shape") from exc
    if values.dtype.kind not in "iu" or not values.size or values.min() < 0 or values.max() > 255:
        raise InvalidInput(f"{tensor.name}: UINT8 takes whole numbers of 0 to 255")
    return values.astype(np.uint8)


def _to_png(pixels: Pixels) -> bytes:
    """Lossless, so that pixels go through the queue, the limits and the batches as any picture does."""
    ok, data = cv2.imencode(".png", pixels[..., ::-1], NO_COMPRESSION)
    if not ok:
        raise InvalidInput("these pixels cannot be stored as a picture")
    return bytes(data)
