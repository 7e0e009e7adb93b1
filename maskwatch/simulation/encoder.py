"""Pictures to H.264, by libx264 through PyAV."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from functools import cache

import av
import numpy as np

from maskwatch.simulation.curves import Pixels
from maskwatch.simulation.rtp import split_nals
from maskwatch.simulation.timeline import HEIGHT, WIDTH

SPS, PPS, IDR = 7, 8, 5  # NAL unit types


class Encoder:
    """One H.264 stream: a keyframe each second or on demand, nothing held back."""

    def __init__(self, *, fps: int) -> None:
        self._codec = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._codec.framerate = Fraction(fps)
        self._codec.time_base = Fraction(1, fps)
        self._codec.gop_size = fps
        self._codec.thread_count = 1
        self._codec.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "22", "forced-idr": "1"}
        self._count = 0

    def encode(self, planes: Pixels, *, is_key: bool) -> list[bytes]:
        """The NAL units of one picture, given as planar YUV 4:2:0 of shape (HEIGHT * 3 / 2, WIDTH)."""
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self._count, self._codec.time_base
        frame.pict_type = av.video.frame.PictureType.I if is_key else av.video.frame.PictureType.NONE
        self._count += 1
        return [nal for packet in self._codec.encode(frame) for nal in split_nals(bytes(packet))]


def kind(nal: bytes) -> int:
    """The NAL unit's type."""
    return nal[0] & 0x1F


@cache
def parameter_sets(fps: int) -> tuple[bytes, bytes]:
    """SPS and PPS: the same in every stream of these settings, so they can be told before one runs."""
    nals = Encoder(fps=fps).encode(np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8), is_key=True)
    by_kind = {kind(nal): nal for nal in nals}
    return by_kind[SPS], by_kind[PPS]


def format_parameters(fps: int) -> str:
    """The SDP's fmtp value (RFC 6184, 8.1)."""
    sps, pps = parameter_sets(fps)
    sets = ",".join(b64encode(nal).decode() for nal in (sps, pps))
    return f"packetization-mode=1;profile-level-id={sps[1:4].hex()};sprop-parameter-sets={sets}"
