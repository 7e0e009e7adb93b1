"""Encoded picture -> pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg

from common.errors import ImageTooLarge, UnreadableImage
from model_api.arrays import Pixels
from model_api.exif import turn_upright
from model_api.header import Format, Header, read_header

# Pixels of a picture times the scans that it is coded in, as a progressive JPEG is: about ten seconds of decoding at
# the worst, which twenty bytes more per scan would make hours. Programs write ten scans; what counts as one may also be
# a piece of a film behind the picture, as phones append it.
MOST_SCANNED_PIXELS = 2_000_000_000
CMYK = 4  # channels of such a JPEG
MODEST_PIXELS = 4096 * 3072  # of a picture; 38 MB decoded
# Fractions of its size that a JPEG is decoded at. A half saves a fifth of the time, and a picture with a small face is
# decoded twice: that pays from a quarter on (docs/benchmarks.md).
REDUCTIONS = (8, 4)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The largest picture that is decoded."""

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000


def inspect(data: bytes, limits: Limits) -> Header:
    """The picture's header, once it is within the limits. Raises ImageTooLarge or UnreadableImage."""
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(f"the picture has {len(data):,} bytes, more than the {limits.max_bytes:,} allowed")
    header = read_header(data)
    if header.width * header.height > limits.max_pixels:
        size = f"{header.width:,} x {header.height:,}"
        raise ImageTooLarge(f"the picture has {size} pixels, more than the {limits.max_pixels:,} allowed")
    if header.scans * header.width * header.height > MOST_SCANNED_PIXELS:
        raise ImageTooLarge(f"the picture is coded in {header.scans:,} scans: decoding it would take too long")
    return header


def decode(data: bytes, limits: Limits) -> Pixels:
    """The picture upright, as uint8 RGB [H, W, 3], whatever it was stored as.

    Grey becomes colour, 16 bits become 8, CMYK becomes RGB, and what is transparent lies on white. A JPEG with small
    damage inside is shown as viewers show it; one that breaks off is refused. Raises ImageTooLarge or UnreadableImage.
    """
    header = inspect(data, limits)
    # libjpeg-turbo by simplejpeg is the fastest; it leaves CMYK alone, OpenCV converts it.
    picture = _decode_jpeg(data) if _is_plain_jpeg(header) else _decode_other(data, header)
    return turn_upright(picture, header.orientation)


def decode_reduced(data: bytes, limits: Limits, *, useful_side: int) -> tuple[Pixels, int, int]:
    """The picture as `decode` gives it, or at a quarter or an eighth of its size, and its own width and height.

    A JPEG is decoded so small only if that leaves its longer side `useful_side` pixels; the other formats never are.
    Raises as `decode` does.
    """
    header = inspect(data, limits)
    longer = max(header.width, header.height)
    reduction = next((by for by in REDUCTIONS if longer >= by * useful_side), 1)
    if reduction == 1 or not _is_plain_jpeg(header):
        picture = decode(data, limits)
        return picture, picture.shape[1], picture.shape[0]
    # The decoder takes the smallest of its sizes that is not below these.
    least = {"min_width": -(-header.width // reduction), "min_height": -(-header.height // reduction)}
    return turn_upright(_decode_jpeg(data, **least), header.orientation), *header.upright_size


def _is_plain_jpeg(header: Header) -> bool:
    return header.format is Format.JPEG and header.channels != CMYK


def _decode_jpeg(data: bytes, **least: int) -> Pixels:
    try:
        return np.asarray(simplejpeg.decode_jpeg(data, colorspace="RGB", strict=False, **least), np.uint8)
    except ValueError as exc:
        raise UnreadableImage(f"the JPEG picture is damaged: {exc}") from exc


def _decode_other(data: bytes, header: Header) -> Pixels:
    # CMYK needs OpenCV's own conversion; "unchanged" keeps alpha, and leaves the orientation to us.
    flags = cv2.IMREAD_UNCHANGED
    if header.format is Format.JPEG:
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as exc:
        raise UnreadableImage(f"the {header.format} picture is damaged") from exc
    if found is None:
        raise UnreadableImage(f"the {header.format} picture is damaged")
    return _to_rgb(np.asarray(found))


def _to_rgb(found: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Pixels:
    if found.dtype == np.uint16:
        found = (found.astype(np.uint32) // 257).astype(np.uint8)
    picture = np.asarray(found, np.uint8)
    if picture.ndim == 2 or picture.shape[2] == 1:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    if picture.shape[2] == 2:  # grey with alpha
        return _on_white(np.repeat(picture[..., :1], 3, axis=2), picture[..., 1:])
    if picture.shape[2] == 4:
        return _on_white(picture[..., 2::-1], picture[..., 3:])
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _on_white(colour: Pixels, alpha: Pixels) -> Pixels:
    opacity = alpha.astype(np.uint32)
    return ((colour * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
