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
    still: bytes = field(repr=False)  # JPEG
