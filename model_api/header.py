"""What a picture says of itself before it is decoded: format, size, orientation.

Only the few bytes that answer this are read: a picture of 60,000 x 60,000 pixels costs no more than its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from common.errors import UnreadableImage
from model_api.exif import UPRIGHT, read_orientation

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXIF_PREFIX = b"Exif\0\0"
ADOBE_PREFIX = b"Adobe"
ADOBE_YCBCR = b"\x01"  # its transform: 0 is RGB or CMYK, 2 YCCK (Adobe Technical Note 5116)
SEQUENTIAL_FRAMES = (0xC0, 0xC1)
COMMON_FRAMES = (0xC0, 0xC1, 0xC2)  # Huffman-coded, baseline, extended, progressive (T.81, table B.1)
FILL = re.compile(rb"\xff+")
# Of JPEG, chunks of PNG and WebP, that are walked: more than any program writes. A picture of nothing but empty ones
# would keep everybody else waiting for seconds.
MOST_SEGMENTS = 4096


class Format(StrEnum):
    """The picture formats that are read."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"


@dataclass(frozen=True, kw_only=True)
class Header:
    """A picture's format and its size as stored, before it is turned upright."""

    format: Format
    width: int  # pixels
    height: int
    channels: int  # as stored: 1 grey, 3 colour, 4 CMYK (JPEG) or colour with alpha
    scans: int = 1  # at most so often does a decoder go over all pixels
    orientation: int = UPRIGHT  # Exif 2.3, tag 274: 1..8
    is_common_jpeg: bool = False  # grey or YCbCr in 8 bits, baseline or progressive: every decoder reads it alike

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height once it is turned."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read_header(data: bytes) -> Header:
    """The header of an encoded picture. Raises UnreadableImage when it is none that is known, or breaks off."""
    if not data:
        raise UnreadableImage("the picture is empty")
    try:
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:8] == PNG_SIGNATURE:
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except IndexError as exc:
        raise UnreadableImage("the picture breaks off in its header") from exc
    raise UnreadableImage("this is no JPEG, PNG or WebP picture")


def _jpeg(data: bytes) -> Header:
    """Walk the segments (ITU-T T.81, annex B) up to the scan, which must end in an end-of-image marker."""
    size: tuple[int, int, int] | None = None
    orientation, scans = UPRIGHT, 1
    is_common, is_progressive = True, False
    for marker, start, end in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a frame header of any coding
            size = _big(data, start + 3, 2), _big(data, start + 1, 2), data[start + 5]
            is_progressive = marker not in SEQUENTIAL_FRAMES
            is_common &= marker in COMMON_FRAMES and _is_grey_or_ycbcr(data[start:end])
        elif marker == 0xE1 and data[start : start + 6] == EXIF_PREFIX:
            orientation = read_orientation(data[start + 6 : end])
        elif marker == 0xEE and data[start : start + 5] == ADOBE_PREFIX:
            is_common &= data[start + 11 : start + 12] == ADOBE_YCBCR
        elif marker == 0xDA:
            scans += _further_scans(data, start, end, components=size[2] if size and not is_progressive else 0)
            if data.rfind(b"\xff\xd9") < end:
                raise UnreadableImage("the JPEG picture breaks off before its end")
    if size is None or 0 in size:
        raise UnreadableImage("the JPEG picture has no size")
    width, height, channels = size
    return Header(
        format=Format.JPEG,
        width=width,
        height=height,
        channels=channels,
        scans=scans,
        orientation=orientation,
        is_common_jpeg=is_common,
    )


def _further_scans(data: bytes, start: int, end: int, *, components: int) -> int:
    """How many scans may follow the one whose header lies there, at most; looking for them takes a tenth of decoding.

    None where that one holds all `components` of a sequential frame (T.81, A.2): decoders refuse another.
    """
    return 0 if data[start] == components else data.count(b"\xff\xda", end)


def _is_grey_or_ycbcr(frame: bytes) -> bool:
    """By a frame header (T.81, B.2.2): 8 bits; one component, or three that are not named R, G, B."""
    names = frame[6::3]
    return frame[:1] == b"\x08" and (len(names) == 1 or (len(names) == 3 and names != b"RGB"))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start of its content, end) of each segment up to and with the first scan header."""
    position = 2
    for _ in range(MOST_SEGMENTS):
        if data[position] != 0xFF:
            raise UnreadableImage("the JPEG picture has a damaged header")
        if fill := FILL.match(data, position):  # any number may stand before a marker
            position = fill.end()
        marker, start = data[position], position + 3
        end = position + 1 + _big(data, position + 1, 2)
        yield marker, start, end
        if marker == 0xDA:
            return
        position = end
    raise UnreadableImage(f"the JPEG picture has more than {MOST_SEGMENTS:,} segments in its header")


def _png(data: bytes) -> Header:
    """IHDR comes first (W3C PNG, 11.2.2); an eXIf chunk may follow."""
    width, height, kind = _big(data, 16, 4), _big(data, 20, 4), data[25]
    if data[12:16] != b"IHDR" or not width or not height:
        raise UnreadableImage("the PNG picture has no size")
    orientation = UPRIGHT
    for name, start, end in islice(_png_chunks(data), MOST_SEGMENTS):
        if name == b"eXIf":
            orientation = read_orientation(data[start:end])
    if data.rfind(b"IEND") < 0:
        raise UnreadableImage("the PNG picture breaks off before its end")
    channels = 4 if kind in (4, 6) else 1 if kind == 0 else 3
    return Header(format=Format.PNG, width=width, height=height, channels=channels, orientation=orientation)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of its content, end) of each chunk."""
    position = len(PNG_SIGNATURE)
    while position + 8 <= len(data):
        start = position + 8
        end = start + _big(data, position, 4)
        yield data[position + 4 : start], start, end
        position = end + 4  # behind its checksum


def _webp(data: bytes) -> Header:
    """RFC 9649: a simple lossy or lossless picture, or an extended one with its canvas first."""
    if len(data) < 8 + _little(data, 4, 4):
        raise UnreadableImage("the WebP picture breaks off before its end")
    kind, body = data[12:16], 20
    if kind == b"VP8X":
        width, height = 1 + _little(data, body + 4, 3), 1 + _little(data, body + 7, 3)
        channels = 4 if data[body] & 0x10 else 3
    elif kind == b"VP8L":
        bits = _little(data, body + 1, 4)
        width, height, channels = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), 4 if bits >> 28 & 1 else 3
    elif kind == b"VP8 ":
        width, height, channels = _little(data, body + 6, 2) & 0x3FFF, _little(data, body + 8, 2) & 0x3FFF, 3
    else:
        raise UnreadableImage("the WebP picture has a damaged header")
    orientation = _webp_orientation(data) if kind == b"VP8X" else UPRIGHT
    return Header(format=Format.WEBP, width=width, height=height, channels=channels, orientation=orientation)


def _webp_orientation(data: bytes) -> int:
    position = 12
    for _ in range(MOST_SEGMENTS):
        if position + 8 > len(data):
            break
        length = _little(data, position + 4, 4)
        if data[position : position + 4] == b"EXIF":
            return read_orientation(data[position + 8 : position + 8 + length].removeprefix(EXIF_PREFIX))
        position += 8 + length + length % 2
    return UPRIGHT


def _big(data: bytes, start: int, size: int) -> int:
    return _number(data, start, size, "big")


def _little(data: bytes, start: int, size: int) -> int:
    return _number(data, start, size, "little")


def _number(data: bytes, start: int, size: int, order: str) -> int:
    part = data[start : start + size]
    if len(part) < size:
        raise IndexError("the picture ends inside its header")
    return int.from_bytes(part, "big" if order == "big" else "little")
