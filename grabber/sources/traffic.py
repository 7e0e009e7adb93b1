"""How much a stream sends."""

from __future__ import annotations

LEAST_SECONDS = 0.5  # a shorter look says nothing: a keyframe alone is most of it


class Traffic:
    """Bytes by the stream's own clock where it has one: what comes in a burst at the start came not that fast."""

    def __init__(self) -> None:
        self._bytes = 0
        self._first: float | None = None
        self._last = 0.0

    def add(self, size: int, seconds: float) -> None:
        """Count `size` bytes that belong to that time."""
        if self._first is None:
            self._first = self._last = seconds
        self._bytes += size
        self._last = max(self._last, seconds)

    @property
    def bytes_per_second(self) -> float | None:
        """None before it can be told."""
        span = self._last - self._first if self._first is not None else 0.0
        return self._bytes / span if span >= LEAST_SECONDS else None
