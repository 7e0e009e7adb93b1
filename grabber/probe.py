"""Looks at a camera before it is saved: does it work, what does it send, what does a shot cost, and a still of it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from statistics import fmean

from common.domain.camera import Camera
from common.domain.probe import Probe
from common.outbound.check import UNCHECKED, AddressCheck
from grabber.errors import StreamTimeout, VideoFinished, stream_error
from grabber.picture import Picture
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source

WATCH_SECONDS = 3.0  # longest wait for a second keyframe, so that its interval can be told
STEP = timedelta(seconds=1)  # between two shots of the watch: each costs what a real one does, if not seconds apart
NEVER = threading.Event()


def probe(
    camera: Camera, *, timeout: float = 10.0, ca_file: Path | None = None, addresses: AddressCheck = UNCHECKED
) -> Probe:
    """Open the camera, take one picture, watch it for a moment, and say what came.

    Raises StreamError (its code and sentence are for the operator), InvalidInput for an unknown scheme, AddressRefused.
    """
    began = time.monotonic()
    reading = Reading(timeout=timeout, ca_file=ca_file, addresses=addresses)
    with open_source(camera, reading) as source:
        picture, first_ms = _shot(source, reading, timedelta())
        open_seconds = time.monotonic() - began
        costs = _watch(source, reading)
        return Probe(
            codec=source.codec,
            width=picture.width,
            height=picture.height,
            fps=source.fps,
            keyframe_interval_seconds=source.keyframe_interval_seconds,
            open_seconds=open_seconds,
            shot_cpu_ms=fmean(costs or [first_ms]),
            bytes_per_second=source.bytes_per_second,
            still=picture.jpeg,
        )


def _watch(source: Source, reading: Reading) -> list[float]:
    """The CPU milliseconds of the shots taken until keyframe interval and traffic are known."""
    costs: list[float] = []
    deadline = time.monotonic() + WATCH_SECONDS
    with suppress(VideoFinished):  # a short file, which shall not be played again
        while not _is_known(source) and time.monotonic() < deadline:
            costs.append(_shot(source, reading, STEP)[1])
    return costs


def _is_known(source: Source) -> bool:
    has_keyframes = source.codec != "mjpeg"
    return source.bytes_per_second is not None and not (has_keyframes and source.keyframe_interval_seconds is None)


def _shot(source: Source, reading: Reading, after: timedelta) -> tuple[Picture, float]:
    """A picture and the CPU milliseconds of it; sources read and decode in the thread that asks."""
    began = time.thread_time()
    picture = source.shot(reading.clock() + after, stop=NEVER)
    if picture is None:
        raise stream_error(StreamTimeout, "the camera")
    return picture, 1000 * (time.thread_time() - began)
