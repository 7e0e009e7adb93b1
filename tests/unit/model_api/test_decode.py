"""What cameras, phones and broken cables send, as pixels or as one clear sentence."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from common.errors import ImageTooLarge, UnreadableImage
from model_api.decode import Limits, decode, inspect

LIMITS = Limits(max_bytes=1_000_000, max_pixels=1_000_000)
ORIENTATION = 274  # Exif 2.3


def _scene() -> Image.Image:
    """Smooth, so that lossy formats come close; different in every corner, so that turning shows."""
    y, x = np.mgrid[0:48, 0:80]
    return Image.fromarray(np.stack([x * 3, y * 5, (x + y) * 2], axis=2).astype(np.uint8))


def _encoded(form: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    _scene().convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def _shown(data: bytes) -> np.ndarray[Any, Any]:
    """What another decoder makes of it."""
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")).astype(int)


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "L"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
    ],
)
def test_every_kind_of_picture_becomes_rgb(form: str, mode: str) -> None:
    data = _encoded(form, mode)
    pixels = decode(data, LIMITS)
    assert (pixels.dtype, pixels.shape) == (np.uint8, (48, 80, 3))
    assert np.abs(pixels - _shown(data)).mean() < 2


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_s_orientation_is_honoured(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = _encoded(form, exif=exif.tobytes())
    pixels = decode(data, LIMITS)
    assert pixels.shape == ((48, 80, 3) if orientation < 5 else (80, 48, 3))
    assert np.abs(pixels - _shown(data)).mean() < 2


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (255, 40)])
def test_what_is_transparent_lies_on_white(form: str, alpha: int, expected: int) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (16, 16), (40, 40, 40, alpha)).save(buffer, form, lossless=True)
    assert np.all(decode(buffer.getvalue(), LIMITS) == expected)


def test_grey_with_alpha_lies_on_white() -> None:
    buffer = io.BytesIO()
    Image.new("LA", (16, 16), (100, 0)).save(buffer, "PNG")
    assert np.all(decode(buffer.getvalue(), LIMITS) == 255)


def test_sixteen_bits_become_eight() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((16, 16), 65535, np.uint16)).save(buffer, "PNG")
    assert np.all(decode(buffer.getvalue(), LIMITS) == 255)


def test_a_progressive_jpeg_is_read() -> None:
    data = _encoded("JPEG", progressive=True)
    assert np.abs(decode(data, LIMITS) - _shown(data)).mean() < 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"", "the picture is empty", id="empty"),
        pytest.param(b"<html>not found</html>", "no JPEG, PNG or WebP", id="a page"),
        pytest.param(b"GIF89a" + bytes(100), "no JPEG, PNG or WebP", id="another format"),
        pytest.param(b"\xff\xd8", "breaks off in its header", id="two bytes"),
        pytest.param(b"\xff\xd8" + bytes(100), "damaged header", id="JPEG then zeros"),
        pytest.param(_encoded("JPEG")[:200], "breaks off", id="JPEG cut in its header"),
        pytest.param(_encoded("JPEG")[:-300], "breaks off before its end", id="JPEG cut in its scan"),
        pytest.param(_encoded("PNG")[:20], "breaks off in its header", id="PNG cut in its header"),
        pytest.param(_encoded("PNG")[:-50], "breaks off before its end", id="PNG cut in its data"),
        pytest.param(_encoded("WEBP")[:-50], "breaks off before its end", id="WebP cut in its data"),
    ],
)
def test_what_is_no_picture_says_why(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableImage, match=sentence):
        decode(data, LIMITS)


def _declared(form: str, width: int, height: int) -> bytes:
    """A picture whose header claims another size than it has."""
    if form == "JPEG":
        frame, size = b"\xff\xc0\x00\x11\x08", struct.pack(">HH", height, width)
        data = _encoded("JPEG")
        at = data.index(frame) + len(frame)
        return data[:at] + size + data[at + 4 :]
    if form == "PNG":
        data = _encoded("PNG")
        return data[:16] + struct.pack(">II", width, height) + data[24:]
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    data = _encoded("WEBP", exif=exif.tobytes())  # makes it an extended one: the canvas comes first
    return data[:24] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + data[30:]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_huge_size_is_refused_by_the_header_alone(form: str) -> None:
    with pytest.raises(ImageTooLarge, match="60,000 x 50,000 pixels"):
        inspect(_declared(form, 60_000, 50_000), LIMITS)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(ImageTooLarge, match="more than the 1,000 allowed"):
        decode(_encoded("PNG") + bytes(1000), Limits(max_bytes=1000, max_pixels=10_000))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_damaged_gives_pixels_or_an_error_of_ours(form: str) -> None:
    data, random = _encoded(form), np.random.default_rng(7)
    for _ in range(200):
        broken = bytearray(data)
        for at in random.integers(0, len(data), 4):
            broken[at] = random.integers(0, 256)
        try:
            assert decode(bytes(broken), LIMITS).dtype == np.uint8
        except (UnreadableImage, ImageTooLarge):
            continue


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8" + b"\xff\xe5\x00\x02" * 5000 + _encoded("JPEG")[2:], id="segments"),
        pytest.param(b"\xff\xd8" + b"\xff" * 100 + b"\xda", id="cut off after fill bytes"),
    ],
)
def test_a_header_without_end_is_not_walked_to_its_end(data: bytes) -> None:
    with pytest.raises(UnreadableImage, match=r"4,096 segments|breaks off"):
        inspect(data, LIMITS)


def test_fill_bytes_before_a_marker_are_passed_over() -> None:
    whole = _encoded("JPEG")
    assert inspect(whole[:2] + b"\xff" * 1000 + whole[2:], LIMITS) == inspect(whole, LIMITS)


def test_a_png_of_many_chunks_is_read_without_looking_at_all_of_them() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    whole = _encoded("PNG", exif=exif)
    chunk = struct.pack(">I4sI", 0, b"teXt", 0)  # empty
    at = whole.index(b"eXIf") - 4
    assert inspect(whole[:at] + chunk * 10 + whole[at:], LIMITS).orientation == 6
    assert inspect(whole[:at] + chunk * 5000 + whole[at:], LIMITS).orientation == 1


def test_a_jpeg_of_more_scans_than_anybody_can_wait_for_is_refused() -> None:
    """A few bytes make a decoder go over all pixels once more."""
    whole = _encoded("JPEG", progressive=True)
    last = whole[whole.rfind(b"\xff\xda") : -2]
    assert inspect(whole, LIMITS).scans == 10
    assert inspect(whole[:-2] + 100 * last + whole[-2:], LIMITS).scans == 110  # of a small picture that is nothing
    frame = whole.index(b"\xff\xc2")
    large = whole[: frame + 5] + struct.pack(">HH", 7000, 7000) + whole[frame + 9 :]
    limits = Limits(max_pixels=50_000_000)
    assert inspect(large, limits).scans == 10
    with pytest.raises(ImageTooLarge, match="110 scans"):
        inspect(large[:-2] + 100 * last + large[-2:], limits)


def test_a_sequential_jpeg_ends_with_the_scan_that_holds_all_of_it() -> None:
    whole = _encoded("JPEG")
    scan = whole[whole.index(b"\xff\xda") : -2]
    lengthened = whole[:-2] + 50 * scan + whole[-2:]
    assert inspect(lengthened, LIMITS).scans == 1
    with pytest.raises(UnreadableImage, match="more than one scan"):  # nobody goes over its pixels again
        decode(lengthened, LIMITS)
