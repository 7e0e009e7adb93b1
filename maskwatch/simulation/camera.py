"""A camera of the scene: draws and encodes only while somebody watches."""

from __future__ import annotations

import threading
import time

from common.ports.clock import Clock, utc_now
from maskwatch.simulation.encoder import IDR, Encoder, format_parameters, kind
from maskwatch.simulation.rtp import CLOCK, Unit, payloads
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.stream import Audience, Listener

VIDEO = 96  # the RTP payload type, dynamic


class SimulatedCamera:
    """A stream of the scene in real time: the scene goes on whether or not anybody watches."""

    def __init__(self, scene: Scene, *, fps: int, clock: Clock = utc_now) -> None:
        self._scene = scene
        self._stage = Stage(scene)
        self._stage.prepare()
        self._fps = fps
        self._clock = clock
        self._audience = Audience()
        self._turn = threading.Lock()  # the stage belongs to one thread at a time
        self._wants_start = threading.Event()
        self._closed = False

    def media(self) -> list[str]:
        """The SDP lines of the video."""
        return [
            f"m=video 0 RTP/AVP {VIDEO}",
            f"a=rtpmap:{VIDEO} H264/{CLOCK}",
            f"a=fmtp:{VIDEO} {format_parameters(self._fps)}",
            f"a=framerate:{self._fps}",
        ]

    def listen(self) -> Listener:
        """A listener whose first unit is a keyframe, within one picture's time."""
        listener, is_first = self._audience.join()
        self._wants_start.set()
        if is_first:
            threading.Thread(target=self._play, name="camera", daemon=True).start()
        return listener

    def leave(self, listener: Listener) -> None:
        """Stop sending to it; the last one to leave stops the encoding."""
        self._audience.leave(listener)

    def close(self) -> None:
        """Stop drawing and encoding, and wait until that is so: an interpreter must not end under an encoder."""
        self._closed = True
        with self._turn:
            pass

    def _play(self) -> None:
        with self._turn:
            if self._closed:
                return
            encoder = Encoder(fps=self._fps)
            due = time.monotonic()
            while not self._closed and self._audience.offer(self._unit(encoder)):
                due = max(due + 1 / self._fps, time.monotonic() - 1)  # after a stall: no hurry to catch up
                time.sleep(max(0.0, due - time.monotonic()))

    def _unit(self, encoder: Encoder) -> Unit:
        now = self._clock()
        is_key = self._wants_start.is_set()
        self._wants_start.clear()
        nals = encoder.encode(self._stage.picture(now), is_key=is_key)
        return Unit(
            payloads=tuple(part for nal in nals for part in payloads(nal)),
            timestamp=round((now - self._scene.started_at).total_seconds() * CLOCK),
            is_start=any(kind(nal) == IDR for nal in nals),
        )
