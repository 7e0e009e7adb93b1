"""When a packet really arrived, also when it was read late."""

from __future__ import annotations

from datetime import datetime, timedelta

WINDOW = timedelta(seconds=10)
JUMP = timedelta(seconds=30)  # a larger disagreement is a new time base, not a delay


class ArrivalClock:
    """Maps stream time to the wall clock by the packets that came with the least delay.

    While a snapshot is stored, packets wait in the socket; the wall clock at reading would make them look younger
    than they are. The smallest difference of the last two windows follows a camera whose clock drifts.
    """

    def __init__(self) -> None:
        self._offsets: list[datetime] = []  # wall clock of stream time 0: smallest of the last window and of this one
        self._window_began: datetime | None = None

    def captured_at(self, stream_seconds: float | None, now: datetime) -> datetime:
        """The wall clock of a packet of that stream time, read now; never later than now."""
        if stream_seconds is None:
            return now
        offset = now - timedelta(seconds=stream_seconds)
        if not self._offsets or abs(offset - min(self._offsets)) > JUMP:
            self._offsets, self._window_began = [offset], now
        elif self._window_began is not None and now - self._window_began > WINDOW:
            self._offsets, self._window_began = [self._offsets[-1], offset], now
        else:
            self._offsets[-1] = min(self._offsets[-1], offset)
        return min(self._offsets) + timedelta(seconds=stream_seconds)
