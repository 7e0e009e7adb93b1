"""What a look at a camera's stream found, before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A stream that works: what it sends, and a still of it."""

    codec: str  # h264, hevc, mjpeg, …
    width: int  # pixels
    height: int
    fps: float | None  # None where the stream does not say
    keyframe_interval_seconds: float | None  # None when only one was seen
    open_seconds: float  # from connecting to the first decoded picture
    shot_cpu_ms: float  # CPU time that a shot took the prober: reading a second of the stream, decoding, encoding
    bytes_per_second: float | None  # that the stream sends; 0: only a shot makes it send; None: too short to tell
    still: bytes = field(repr=False)  # JPEG
