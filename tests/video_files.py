"""Videos that a test draws itself: coloured squares on grey, which the tiny models take for faces."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from tiny_models import picture

Squares = Mapping[tuple[int, int], tuple[int, int, int]]  # (column, row) -> RGB


def video_of(
    seconds: Sequence[Squares],
    *,
    rate: int = 10,
    gop: int = 10,
    form: str = "mp4",
    codec: str = "libx264",
    rotation: int = 0,
    options: Mapping[str, str] | None = None,
) -> bytes:
    """A video of one picture per second, each shown for that second; a keyframe every `gop` frames."""
    pictures = [picture(dict(squares)) for squares in seconds for _ in range(rate)]
    times = [Fraction(number, rate) for number in range(len(pictures))]
    return encode(pictures, times, gop=gop, form=form, codec=codec, rotation=rotation, options=options)


def encode(
    pictures: Sequence[np.ndarray[Any, np.dtype[np.uint8]]],
    times: Sequence[Fraction],
    *,
    gop: int = 10,
    form: str = "mp4",
    codec: str = "libx264",
    rotation: int = 0,
    options: Mapping[str, str] | None = None,
) -> bytes:
    """RGB pictures, each shown from its time on, in seconds, at even steps or not."""
    file = io.BytesIO()
    with av.open(file, "w", format=form, options=dict(options or {})) as container:
        stream = container.add_stream(codec, rate=1000 if codec == "libx264" else 10)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.gop_size = gop
        stream.codec_context.bit_rate = 4_000_000
        if rotation:
            stream.set_display_rotation(rotation)
        clock = Fraction(1, 1000) if codec == "libx264" else Fraction(1, 10)
        stream.time_base = stream.codec_context.time_base = clock
        for pixels, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = round(time / clock), clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def sound_of(seconds: float) -> bytes:
    """A WAV-like file that holds silence and no video."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, int(8000 * seconds)), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
