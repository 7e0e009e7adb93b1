"""Whether a camera is better hung up between two shots: what nobody looks at costs processor time all along."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from common.domain.camera import Camera
from grabber.address import scheme_of
from grabber.sources.source import Source

# A connection of these shows the present at once. A video file would begin anew, and a webcam adjust its exposure anew.
SCHEMES = ("rtsp", "rtsps")
WORTH = 0.7  # hanging up must cost less than this share of staying: each connection is work for the camera, too
MOST_LEAD = 0.5  # of the interval: who must be connected for longer might as well stay
MARGIN = timedelta(seconds=1)  # of the lead: the next connection may take longer than the last


class Economy:
    """Tries both when the interval is long, and keeps to what took less of the processor.

    Staying means reading everything that the camera sends; hanging up means a connection per shot, made so early that
    a keyframe comes before the slot. Which is cheaper depends on bit rate, interval, keyframes and encryption, so both
    are measured: first an interval of staying, then one of hanging up. From then on the cheaper one is measured each
    time, and given up when it becomes the dearer one.
    """

    def __init__(self, camera: Camera, *, least_seconds: float, cpu: Callable[[], float] = time.thread_time) -> None:
        """Cameras with intervals from `least_seconds` on are tried, 0: none; `cpu`: seconds used by this thread."""
        self._interval = timedelta(seconds=camera.interval_seconds)
        self._may_hang_up = 0 < least_seconds <= camera.interval_seconds and scheme_of(camera.url) in SCHEMES
        self._cpu = cpu
        self._began: float | None = None  # `cpu` after the last shot
        self._staying: float | None = None  # CPU seconds from shot to shot
        self._hanging_up: float | None = None
        self._opening = timedelta()
        self._keyframes: float | None = None  # seconds between two
        self.is_hung_up = False  # what the interval that now runs is spent with

    @property
    def lead(self) -> timedelta | None:
        """How long before a slot to connect for it; None when that cannot be told."""
        return None if self._keyframes is None else self._opening + timedelta(seconds=self._keyframes) + MARGIN

    def opened(self, seconds: float) -> None:
        """A connection took so long."""
        self._opening = timedelta(seconds=max(0.0, seconds))  # the clock may have been set back

    def took(self, source: Source) -> bool:
        """After each shot: whether to hang up until the next."""
        spent, self._began = self._spent(), self._cpu()
        if spent is not None and self.is_hung_up:
            self._hanging_up = spent
        elif spent is not None:
            self._staying = spent
        self._keyframes = source.keyframe_interval_seconds or self._keyframes
        self.is_hung_up = self._is_better()
        return self.is_hung_up

    def broke(self) -> None:
        """The stream broke or did not open; a camera that refuses a connection per shot gets no more of them."""
        self._began = None
        if self.is_hung_up:
            self._may_hang_up = self.is_hung_up = False

    def _spent(self) -> float | None:
        return None if self._began is None else self._cpu() - self._began

    def _is_better(self) -> bool:
        if (
            not self._may_hang_up
            or self._staying is None
            or self.lead is None
            or self.lead > MOST_LEAD * self._interval
        ):
            return False
        return self._hanging_up is None or self._hanging_up < WORTH * self._staying
