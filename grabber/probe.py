"""Looks at a camera before it is saved: does it work, what does it send, and a still of it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from common.domain.camera import Camera
from common.domain.probe import Probe
from grabber.errors import StreamTimeout, stream_error
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source

KEYFRAME_SECONDS = 3.0  # longest wait for a second keyframe, so that its interval can be told
STEP = timedelta(seconds=0.25)


def probe(camera: Camera, *, timeout: float = 10.0) -> Probe:
    """Open the camera, take one picture, and say what came.

    Raises StreamError (its code and sentence are for the operator), or InvalidInput for an unknown scheme.
    """
    began = time.monotonic()
    reading, never = Reading(timeout=timeout), threading.Event()
    with open_source(camera, reading) as source:
        picture = source.shot(reading.clock(), stop=never)
        if picture is None:
            raise stream_error(StreamTimeout, camera.name)
        open_seconds = time.monotonic() - began
        _watch_for_keyframes(source, reading, never)
        return Probe(
            codec=source.codec,
            width=picture.width,
            height=picture.height,
            fps=source.fps,
            keyframe_interval_seconds=source.keyframe_interval_seconds,
            open_seconds=open_seconds,
            still=picture.jpeg,
        )


def _watch_for_keyframes(source: Source, reading: Reading, never: threading.Event) -> None:
    if source.codec == "mjpeg":
        return
    deadline = time.monotonic() + KEYFRAME_SECONDS
    while source.keyframe_interval_seconds is None and time.monotonic() < deadline:
        source.shot(reading.clock() + STEP, stop=never)
