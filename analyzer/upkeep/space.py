"""How much lies in the store, by age: what must go when it is over its bound."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


class Space:
    """Bytes by hour: a few thousand numbers, however many pictures there are."""

    def __init__(self) -> None:
        self.total_bytes = 0
        self._removable: Counter[datetime] = Counter()

    def add(self, scheduled_at: datetime, size_bytes: int, *, is_removable: bool) -> None:
        """Count a picture that stays for now."""
        self.total_bytes += size_bytes
        if is_removable:
            self._removable[scheduled_at.replace(minute=0, second=0, microsecond=0)] += size_bytes

    def over_before(self, limit_bytes: int) -> datetime | None:
        """Without what is older than this (to the hour) the rest is within the limit; None when it is already.

        Where what may not go is over the limit by itself, everything else goes.
        """
        excess, until = self.total_bytes - limit_bytes, None
        for hour, size in sorted(self._removable.items()):
            if excess <= 0:
                break
            excess -= size
            until = hour + HOUR
        return until
