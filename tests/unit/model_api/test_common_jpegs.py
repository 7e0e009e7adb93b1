"""Which JPEGs any decoder reads as libjpeg does: the others are not for a GPU's."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from model_api.header import read_header


def _encoded(mode: str = "RGB", form: str = "JPEG", **options: bool) -> bytes:
    buffer = io.BytesIO()
    ramp = np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8)
    Image.fromarray(ramp).convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def _changed(data: bytes, marker: bytes, offset: int, value: int) -> bytes:
    """The byte so far behind a segment's marker becomes another."""
    place = data.index(marker) + offset
    return data[:place] + bytes([value]) + data[place + 1 :]


def _with_adobe(data: bytes, transform: int) -> bytes:
    return data[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform]) + data[2:]


COLOUR = _encoded()
FRAME = b"\xff\xc0"


@pytest.mark.parametrize(
    ("data", "is_common"),
    [
        pytest.param(COLOUR, True, id="colour"),
        pytest.param(_encoded("L"), True, id="grey"),
        pytest.param(_encoded(progressive=True), True, id="progressive"),
        pytest.param(_with_adobe(COLOUR, 1), True, id="YCbCr by Adobe"),
        pytest.param(_with_adobe(COLOUR, 0), False, id="RGB by Adobe"),
        pytest.param(_encoded(keep_rgb=True), False, id="components named R, G, B"),
        pytest.param(_encoded("CMYK"), False, id="CMYK"),
        pytest.param(_changed(COLOUR, FRAME, 4, 12), False, id="twelve bits"),
        pytest.param(_changed(COLOUR, FRAME, 1, 0xC3), False, id="lossless"),
        pytest.param(_changed(COLOUR, FRAME, 1, 0xC9), False, id="arithmetic coding"),
        pytest.param(_encoded(form="PNG"), False, id="PNG"),
    ],
)
def test_a_common_jpeg_is_huffman_coded_in_8_bits_of_grey_or_ycbcr(data: bytes, is_common: bool) -> None:
    assert read_header(data).is_common_jpeg is is_common
