"""Frames out of a video as it comes, from a file or an address; model_api/moderation plans ahead on whole files."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from common.errors import NotFound, UnreadableImage
from model_api.arrays import Pixels

EVERY_SECONDS = 1.0  # people do not put a mask on faster
LEAST_FRAMES = 10  # of a short video


def sample_frames(address: str) -> Iterator[tuple[int, Pixels]]:
    """About one frame per second, at least ten of a short video: its number from 0, and RGB uint8 [H, W, 3].

    `address` is a path or a URL. Raises NotFound or UnreadableImage; frames before the damage are yielded first.
    """
    try:
        with av.open(address) as container:
            if not container.streams.video:
                raise UnreadableImage("the file holds no video")
            yield from _frames(container, container.streams.video[0])
    except FileNotFoundError as exc:
        raise NotFound("there is no such file") from exc
    except (av.error.FFmpegError, OSError) as exc:
        raise UnreadableImage(f"the video cannot be read: {exc.strerror}") from exc


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[tuple[int, Pixels]]:
    stream.thread_type = "AUTO"
    every, due = _interval(container, stream), 0.0
    for number, frame in enumerate(container.decode(stream)):
        seconds = frame.time if frame.time is not None else number / float(stream.average_rate or 25)
        if number and seconds < due:
            continue
        due = seconds + every
        yield number, to_pixels(frame)


def to_pixels(frame: VideoFrame) -> Pixels:
    """The frame as it is meant to be seen: RGB uint8 [H, W, 3], turned as its display matrix says."""
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(frame.rotation / 90) % 4  # counter-clockwise, FFmpeg's and NumPy's sense alike
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _interval(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / av.time_base
    else:
        return EVERY_SECONDS
    # A little early, so that rounding of time stamps does not skip every other due frame.
    return min(EVERY_SECONDS, seconds / LEAST_FRAMES) * 0.99
