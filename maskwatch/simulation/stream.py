"""What an RTSP path plays, and who listens."""

from __future__ import annotations

import queue
import threading
from typing import Protocol

from maskwatch.simulation.rtp import Unit

BACKLOG = 40  # units a slow listener may fall behind, about five seconds


class Listener:
    """One client's view of a stream: never blocks the stream; who falls behind continues at the next start."""

    def __init__(self) -> None:
        self._units: queue.Queue[Unit] = queue.Queue(BACKLOG)
        self._waits_for_start = True

    def offer(self, unit: Unit) -> None:
        """Give it the next unit, or drop it."""
        if self._waits_for_start and not unit.is_start:
            return
        try:
            self._units.put_nowait(unit)
            self._waits_for_start = False
        except queue.Full:
            self._waits_for_start = True

    def next(self, timeout: float) -> Unit | None:
        """The next unit, or None after `timeout` seconds."""
        try:
            return self._units.get(timeout=timeout)
        except queue.Empty:
            return None


class Stream(Protocol):
    """Something that an RTSP path plays."""

    def media(self) -> list[str]:
        """The SDP lines of its one medium, from `m=`, without `a=control`."""

    def listen(self) -> Listener: ...
    def leave(self, listener: Listener) -> None: ...


class Audience:
    """The listeners of a stream; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def join(self) -> tuple[Listener, bool]:
        """A new listener, and whether it is the first."""
        listener = Listener()
        with self._lock:
            self._listeners.append(listener)
            return listener, len(self._listeners) == 1

    def leave(self, listener: Listener) -> None:
        """It listens no longer."""
        with self._lock:
            self._listeners.remove(listener)

    def offer(self, unit: Unit) -> bool:
        """Give everybody the unit; False when nobody is there."""
        with self._lock:
            for listener in self._listeners:
                listener.offer(unit)
            return bool(self._listeners)
