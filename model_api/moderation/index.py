"""What a video file holds, found by reading its packets without decoding one.

It takes a hundredth of what decoding does, and is exact where headers only claim: durations are missing in what a
browser recorded, wrong in what broke off, and say nothing of how far keyframes lie apart.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from model_api.errors import UnreadableVideo, VideoTooLarge
from model_api.moderation.container import open_video

MOST_PACKETS = 2_000_000  # nine hours at 60 frames per second; bounds memory for files that are all headers
USUAL_RATE = 25.0  # frames per second, of a stream without clock and without a rate


@dataclass(frozen=True, kw_only=True)
class VideoIndex:
    """One entry per packet, which is one frame, in the order of decoding."""

    width: int  # pixels, as coded: before it is turned upright
    height: int
    times: npt.NDArray[np.float64] = field(repr=False)  # [N] seconds from the first frame shown
    keys: npt.NDArray[np.bool_] = field(repr=False)  # [N] decodable without the packets before it
    start_seconds: float  # of the first frame shown, by the file's clock
    frame_seconds: float  # how long a frame usually lasts
    claimed_seconds: float | None  # the length that the file claims
    is_damaged: bool  # reading ended early
    is_without_clock: bool  # no time stamps: frames are counted

    @property
    def seconds(self) -> float:
        """The length of what is there."""
        return float(self.times.max()) + self.frame_seconds


def read_index(file: IO[bytes]) -> VideoIndex:
    """Raises UnreadableVideo, or VideoTooLarge for more frames than anybody films."""
    with open_video(file) as (container, stream):
        packets = _read_packets(container, stream)
        if not packets.keys:
            raise UnreadableVideo("the video holds not one frame")
        times = np.asarray(packets.times) * float(stream.time_base or 0)
        if packets.is_without_clock:
            times = np.arange(len(packets.keys)) / float(stream.average_rate or USUAL_RATE)
        keys = np.asarray(packets.keys, np.bool_)
        keys[0] |= not keys.any()  # a container that marks none
        start = float(times.min())
        return VideoIndex(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            times=times - start,
            keys=keys,
            start_seconds=start,
            frame_seconds=_usual_step(times),
            claimed_seconds=_claimed(container, stream),
            is_damaged=packets.is_damaged,
            is_without_clock=packets.is_without_clock,
        )


@dataclass(kw_only=True)
class _Packets:
    times: array[int] = field(default_factory=lambda: array("q"))  # in the stream's time base
    keys: array[int] = field(default_factory=lambda: array("b"))
    is_without_clock: bool = False
    is_damaged: bool = False


def _read_packets(container: InputContainer, stream: VideoStream) -> _Packets:
    found = _Packets()
    try:
        for packet in packets_of(container, stream):
            stamp = packet.pts if packet.pts is not None else packet.dts  # AVI knows only the second
            found.is_without_clock |= stamp is None
            found.times.append(stamp or 0)
            found.keys.append(packet.is_keyframe)
            if len(found.keys) > MOST_PACKETS:
                raise VideoTooLarge(f"the video has more than the {MOST_PACKETS:,} frames allowed")
    except (av.error.FFmpegError, OSError):
        found.is_damaged = True
    return found


def packets_of(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Those that hold something: PyAV ends a stream with an empty one."""
    return (packet for packet in container.demux(stream) if packet.size)


def _usual_step(times: npt.NDArray[np.float64]) -> float:
    steps = np.diff(np.unique(times))
    return float(np.median(steps)) if steps.size else 1 / USUAL_RATE


def _claimed(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None
