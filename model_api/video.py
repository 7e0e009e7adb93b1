"""Frames out of a video as it comes, from a file or an address; model_api/moderation plans ahead on whole files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from common.errors import NotFound, UnreadableImage
from model_api.arrays import Pixels

EVERY_SECONDS = 1.0  # people do not put a mask on faster
LEAST_FRAMES = 10  # of a short video


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a video."""

    number: int  # from 0
    seconds: float  # since the video's beginning
    share: float  # of the video that has been played when it is shown, 0..1; 0: nobody knows
    pixels: Pixels = field(repr=False)  # RGB uint8 [H, W, 3]


def sample_frames(path: str) -> Iterator[Frame]:
    """About one frame per second, at least ten of a short video.

    Raises NotFound or UnreadableImage; frames before the damage are yielded first.
    """
    try:
        with av.open(path) as container:
            if not container.streams.video:
                raise UnreadableImage("the file holds no video")
            yield from _frames(container, container.streams.video[0])
    except FileNotFoundError as exc:
        raise NotFound("there is no such file") from exc
    except (av.error.FFmpegError, OSError) as exc:
        raise UnreadableImage(f"the video cannot be read: {exc.strerror}") from exc


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[Frame]:
    stream.thread_type = "AUTO"
    length = _seconds(container, stream)
    # A little early, so that rounding of time stamps does not skip every other due frame.
    every = min(EVERY_SECONDS, length / LEAST_FRAMES) * 0.99 if length else EVERY_SECONDS
    due = 0.0
    for number, frame in enumerate(container.decode(stream)):
        seconds = frame.time if frame.time is not None else number / float(stream.average_rate or 25)
        if number and seconds < due:
            continue
        due = seconds + every
        share = min(1.0, seconds / length) if length else 0.0
        yield Frame(number=number, seconds=seconds, share=share, pixels=to_pixels(frame))


def to_pixels(frame: VideoFrame) -> Pixels:
    """The frame as it is meant to be seen: RGB uint8 [H, W, 3], turned as its display matrix says."""
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(frame.rotation / 90) % 4  # counter-clockwise, FFmpeg's and NumPy's sense alike
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    """How long it is; 0 when the file does not say."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0
