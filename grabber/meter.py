"""What one camera's thread takes of the processor."""

from __future__ import annotations

import time
from collections.abc import Callable

from grabber.parcel import Parcel

WINDOW_SECONDS = 60.0  # long enough for several keyframe intervals


class CpuMeter:
    """Read in the camera's own thread, whose clock no other can ask; its pace may be asked for by any.

    Demuxing, decoding, encoding and uploading happen in that thread. What the whole process shares is in no camera's
    figure: it would fall to whoever watches, whichever cameras.
    """

    def __init__(
        self, *, cpu: Callable[[], float] = time.thread_time, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`cpu`: seconds of processor time of the calling thread."""
        self._cpu, self._now = cpu, now
        self._began: tuple[float, float] | None = None  # the window's: processor time, time
        self.pace: int | None = None  # CPU milliseconds per second, at least 1; None until it is known

    def reading(self, send: Callable[[Parcel], None]) -> Callable[[Parcel], None]:
        """`send`, with a look at the clock after each shot that had a picture: a camera that is down costs nothing."""

        def send_and_read(parcel: Parcel) -> None:
            send(parcel)
            if parcel.shot.captured_at is not None:
                self.read()

        return send_and_read

    def read(self) -> None:
        """Look at the clocks; once a window is over, the pace is that window's."""
        cpu, now = self._cpu(), self._now()
        if self._began is None:
            self._began = (cpu, now)
            return
        spent, passed = cpu - self._began[0], now - self._began[1]
        if passed >= WINDOW_SECONDS:
            self.pace = max(1, round(1000 * spent / passed))
            self._began = (cpu, now)
