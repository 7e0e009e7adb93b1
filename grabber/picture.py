"""A picture as a source hands it over: encoded once, with what the quality gate needs to know."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import av
import numpy as np
import simplejpeg
from av.video.reformatter import ColorRange, Colorspace

from grabber.errors import PictureUnreadable, stream_error
from grabber.signs import GOOD, Signs, signs_of

MOST_PIXELS = 50_000_000  # the models refuse larger pictures; a small file can claim to be any size
THIN = 8  # brightness is judged on every eighth pixel in both directions
SEEN_WIDTH, SEEN_HEIGHT = 480, 270  # pixels, at least, of the copy on which a camera's own JPEG is judged


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of a camera."""

    jpeg: bytes = field(repr=False)
    width: int  # pixels
    height: int
    captured_at: datetime  # when the camera's data of it arrived
    fingerprint: bytes = field(repr=False)  # equal only for pictures that are equal in every pixel
    brightness: float  # mean luma, 0..255
    contrast: float  # standard deviation of luma
    is_corrupt: bool = False  # the decoder says that parts were lost
    signs: Signs = GOOD  # what it says about itself


def picture_from_frame(frame: av.VideoFrame, *, captured_at: datetime, quality: int, is_corrupt: bool) -> Picture:
    """Encode a decoded frame; its planes go into the JPEG without a detour over RGB."""
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    # JPEG is full-range BT.601 (JFIF); cameras mostly send limited range, often BT.709.
    full = frame.reformat(
        format="yuvj420p" if even else "rgb24", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
    )
    if even:
        luma, blue, red = (_plane(plane) for plane in full.planes)
        jpeg = simplejpeg.encode_jpeg_yuv_planes(luma, blue, red, quality=quality)
    else:
        pixels = np.ascontiguousarray(full.to_ndarray(), np.uint8)
        luma = np.ascontiguousarray(pixels[..., 1])
        jpeg = simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling="420")
    thin = luma[::THIN, ::THIN]
    return Picture(
        jpeg=jpeg,
        width=frame.width,
        height=frame.height,
        captured_at=captured_at,
        fingerprint=_fingerprint(luma),
        brightness=float(thin.mean()),
        contrast=float(thin.std()),
        is_corrupt=is_corrupt or bool(frame.is_corrupt),
        signs=signs_of(luma),
    )


def picture_from_jpeg(jpeg: bytes, *, captured_at: datetime, address: str) -> Picture:
    """Take a camera's own JPEG as it is.

    Raises PictureUnreadable when it is none, or broken.
    """
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(jpeg)
        if height * width > MOST_PIXELS:
            raise stream_error(PictureUnreadable, address)
        # The decoder shrinks while it decodes: a fraction of the cost of a whole picture.
        thin = simplejpeg.decode_jpeg(
            jpeg, colorspace="GRAY", fastdct=True, min_height=SEEN_HEIGHT, min_width=SEEN_WIDTH
        )
    except ValueError as exc:
        raise stream_error(PictureUnreadable, address) from exc
    return Picture(
        jpeg=jpeg,
        width=width,
        height=height,
        captured_at=captured_at,
        fingerprint=blake2b(jpeg, digest_size=16).digest(),
        brightness=float(thin.mean()),
        contrast=float(thin.std()),
        signs=signs_of(thin[..., 0]),
    )


def _fingerprint(luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """Two checksums, 64 bits, in a third of a hash's time: it only meets the one of the picture before."""
    pixels = luma.data
    return zlib.crc32(pixels).to_bytes(4) + zlib.adler32(pixels).to_bytes(4)


def _plane(plane: av.video.plane.VideoPlane) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return np.ascontiguousarray(rows[:, : plane.width])
