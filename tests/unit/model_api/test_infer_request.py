"""Inference requests that are wrong in ways a client, or an attacker, comes upon."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import pytest

from common.errors import ImageTooLarge, InvalidInput
from model_api.decode import Limits
from model_api.routes.infer_request import read_infer

LIMITS = Limits(max_bytes=1_000, max_pixels=200)


def _read(tensor: dict[str, Any], tail: bytes | None = None) -> list[bytes]:
    head = json.dumps({"inputs": [{"name": "t", **tensor}]}).encode()
    length = None if tail is None else str(len(head))
    return read_infer(head + (tail or b""), header_length=length, limits=LIMITS)[1]


def _text(*elements: bytes) -> list[str]:
    return [base64.b64encode(each).decode() for each in elements]


def _binary(size: int) -> dict[str, Any]:
    return {"parameters": {"binary_data_size": size}}


@pytest.mark.parametrize("data", [_text(b"a", b"b"), [_text(b"a"), _text(b"b")], [_text(b"a", b"b")]])
def test_elements_may_be_nested_or_flat(data: list[Any]) -> None:
    assert _read({"datatype": "BYTES", "shape": [2, 1], "data": data}) == [b"a", b"b"]


def test_pixels_are_stored_without_loss_in_their_colours() -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (2, 4, 5, 3), np.uint8)
    stored = _read({"datatype": "UINT8", "shape": [2, 4, 5, 3], **_binary(pixels.nbytes)}, pixels.tobytes())
    for data, expected in zip(stored, pixels, strict=True):
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert np.array_equal(found[..., ::-1], expected)


@pytest.mark.parametrize(
    "tensor",
    [
        pytest.param({"datatype": "FP32", "shape": [1], "data": [1.0]}, id="another type"),
        pytest.param({"datatype": "BYTES", "shape": [1]}, id="no data"),
        pytest.param({"datatype": "BYTES", "shape": [], "data": []}, id="no dimension"),
        pytest.param({"datatype": "BYTES", "shape": [0], "data": []}, id="no element"),
        pytest.param({"datatype": "BYTES", "shape": [-1], "data": ["YQ=="]}, id="any number"),
        pytest.param({"datatype": "BYTES", "shape": [2], "data": ["YQ=="]}, id="fewer than said"),
        pytest.param({"datatype": "BYTES", "shape": [1], "data": ["YQ==", "YQ=="]}, id="more than said"),
        pytest.param({"datatype": "BYTES", "shape": [10**30], "data": ["YQ=="]}, id="a shape beyond all"),
        pytest.param({"datatype": "BYTES", "shape": [1], "data": [{"b64": "YQ=="}]}, id="an object"),
        pytest.param({"datatype": "BYTES", "shape": [1] * 5, "data": ["YQ=="]}, id="five dimensions"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 4], "data": [1] * 4}, id="four channels"),
        pytest.param({"datatype": "UINT8", "shape": [3], "data": [1, 2, 3]}, id="no picture's shape"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2]}, id="a number short"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, 256]}, id="above a byte"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, -1]}, id="below a byte"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, 2.5]}, id="a fraction"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, "3"]}, id="a text"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, None]}, id="nothing"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": [1, 2, 10**30]}, id="beyond all types"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 2, 3], "data": [[1, 2, 3], [1]]}, id="ragged"),
        pytest.param({"datatype": "UINT8", "shape": [1, 1, 1, 3], "data": {}}, id="an object for numbers"),
        pytest.param({"datatype": "UINT8", "shape": [65, 1, 1, 3], "data": [1] * 195}, id="65 pictures"),
    ],
)
def test_what_does_not_fit_is_refused(tensor: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        _read(tensor)


@pytest.mark.parametrize(
    ("shape", "tail", "size"),
    [
        pytest.param([1], b"\x01\0\0\0ab", 6, id="an element too many"),
        pytest.param([1], b"\xff\xff\xff\xffa", 5, id="a length beyond the body"),
        pytest.param([1], b"\x01\0", 2, id="half a length"),
        pytest.param([1], b"\0" * 4_000, 4_000, id="a thousand empty elements"),
        pytest.param([1], b"\x01\0\0\0a", 4, id="another size than the body's"),
        pytest.param([1], b"", 0, id="nothing"),
    ],
)
def test_a_binary_tensor_that_lies_is_refused(shape: list[int], tail: bytes, size: int) -> None:
    with pytest.raises(InvalidInput):
        _read({"datatype": "BYTES", "shape": shape, **_binary(size)}, tail)


def test_bytes_behind_the_json_that_no_tensor_claims_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no data"):
        _read({"datatype": "BYTES", "shape": [1], "data": ["YQ=="]}, b"tail")


@pytest.mark.parametrize("shape", [[1, 15, 15, 3], [1, 2**31, 2**31, 3]])
def test_pixels_beyond_the_limit_are_refused_before_they_are_read(shape: list[int]) -> None:
    with pytest.raises(ImageTooLarge):
        _read({"datatype": "UINT8", "shape": shape, "data": "not looked at"})


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b"\xff", b'{"inputs": ' + b"[" * 50_000])
def test_another_json_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_infer(text, header_length=None, limits=LIMITS)


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x"])
def test_a_header_length_that_is_none_is_refused(length: str) -> None:
    with pytest.raises(InvalidInput, match="Inference-Header-Content-Length"):
        read_infer(b"{}", header_length=length, limits=LIMITS)


def test_dimensions_that_no_tensor_has_are_refused() -> None:
    with pytest.raises(InvalidInput, match="shape"):
        _read({"datatype": "BYTES", "shape": [10**4000, 10**4000], "data": []})
