"""The frames that a plan asks for, decoded."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import IO

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from model_api.arrays import Pixels
from model_api.moderation.container import open_video
from model_api.moderation.index import VideoIndex, packets_of
from model_api.moderation.plan import EARLY_SECONDS, Plan
from model_api.video import to_pixels


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame, upright."""

    seconds: float  # from the first one
    pixels: Pixels = field(repr=False)  # RGB uint8 [H, W, 3]


class FrameReader:
    """Goes through a video once; what is damaged is left out and counted."""

    def __init__(self, file: IO[bytes], *, index: VideoIndex, plan: Plan, max_pixels: int) -> None:
        """`max_pixels` of a frame: a stream may turn out larger than its beginning says; such frames are damage."""
        self._file = file
        self._max_pixels = max_pixels
        self._index = index
        self._plan = plan
        self._time_base = Fraction(0)  # the stream's, once it is open
        self.damaged = 0  # packets that could not be decoded, so far

    def frames(self) -> Generator[Frame, None, None]:
        """The planned frames in the order of time; in place of one that is damaged, the next that is not."""
        wanted, done = self._plan.times, 0
        with open_video(self._file) as (container, stream):
            stream.thread_type = "AUTO"
            self._time_base = stream.time_base or Fraction(0)
            for seconds, frame in self._decode(container, stream):
                if done < len(wanted) and seconds + EARLY_SECONDS >= wanted[done]:
                    yield Frame(seconds=seconds, pixels=to_pixels(frame))
                    done = int(np.searchsorted(wanted, seconds + EARLY_SECONDS, side="right"))

    def _decode(self, container: InputContainer, stream: VideoStream) -> Iterator[tuple[float, VideoFrame]]:
        number = 0
        for packet in self._needed_packets(container, stream):
            for frame in self._frames_of(stream, packet):
                seconds = self._seconds(frame, number)
                number += 1
                if frame.is_corrupt or frame.width * frame.height > self._max_pixels:
                    self.damaged += 1
                else:
                    yield seconds, frame

    def _needed_packets(self, container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream] | None]:
        try:
            for is_needed, packet in zip(self._plan.packets, packets_of(container, stream), strict=False):
                if is_needed:
                    yield packet
        except (av.error.FFmpegError, OSError):
            pass  # the index broke off at the same place, and says so
        yield None  # what the decoder still holds

    def _frames_of(self, stream: VideoStream, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            return list(stream.codec_context.decode(packet))
        except av.error.FFmpegError:
            self.damaged += 1
            return []

    def _seconds(self, frame: VideoFrame, number: int) -> float:
        if frame.pts is not None and not self._index.is_without_clock:
            # Not `frame.time`: PyAV knows no time base for what the decoder held until the end.
            return max(0.0, float(frame.pts * self._time_base) - self._index.start_seconds)
        times = self._index.times[self._plan.packets]  # of a stream without a clock: as they were counted
        return float(times[min(number, len(times) - 1)])
