"""Values on their way to coordination, so that a camera never waits for a server that hangs."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import structlog

from common.errors import Unavailable
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.1  # how often an idle writer looks whether it is to stop
RETRY_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Value:
    value: bytes
    ttl: float  # seconds from when it is written


class WriteBehind:
    """Holds the newest value of each key until the one thread in `run` has written it; thread-safe."""

    def __init__(self, coordination: Coordination) -> None:
        self._coordination = coordination
        self._waiting: dict[str, _Value] = {}  # a key keeps its turn when its value changes
        self._changed = threading.Condition()

    def put(self, key: str, value: bytes, *, ttl: float) -> None:
        """Write it soon, in place of what still waits under that key."""
        with self._changed:
            self._waiting[key] = _Value(value=value, ttl=ttl)
            self._changed.notify_all()

    def drop(self, key: str) -> None:
        """Do not write what waits under that key."""
        with self._changed:
            self._waiting.pop(key, None)
            self._changed.notify_all()

    def get(self, key: str) -> bytes | None:
        """The newest value, written or not; raises Unavailable when it has to be asked for and cannot be."""
        with self._changed:
            waiting = self._waiting.get(key)
        return waiting.value if waiting is not None else self._coordination.get(key)

    def flush(self, seconds: float) -> None:
        """Wait until all is written, but no longer than that."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)

    def run(self, stop: threading.Event) -> None:
        """Write until `stop` is set; then what is left, up to the first failure."""
        while not stop.is_set():
            if not self._write_next(IDLE_SECONDS):
                stop.wait(RETRY_SECONDS)
        while self._waiting and self._write_next(0):
            pass

    def _write_next(self, idle_seconds: float) -> bool:
        """Whether coordination can be reached, as far as is known."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, idle_seconds):
                return True
            key, value = next(iter(self._waiting.items()))
        try:
            self._coordination.put(key, value.value, ttl=value.ttl)
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return False
        with self._changed:
            if self._waiting.get(key) is value:
                del self._waiting[key]
                self._changed.notify_all()
        return True
