"""The one batching loop's queue: it waits for the first item, then tops up until full or late; no polling."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from common.errors import Overloaded, Unavailable

T = TypeVar("T")


class BatchQueue(Generic[T]):
    """A bounded queue that many threads fill and one empties in batches."""

    def __init__(self, *, limit: int, linger_seconds: float) -> None:
        """`limit`: most items that wait; `linger_seconds`: longest that the first of a batch waits for company."""
        self._limit = limit
        self._linger_seconds = linger_seconds
        self._items: deque[tuple[float, T]] = deque()  # with when each came, by the monotonic clock
        self._changed = threading.Condition()
        self._is_closed = False
        self._seconds_per_item = 0.0  # smoothed, of what was worked off so far

    def __len__(self) -> int:
        return len(self._items)

    def put(self, items: Sequence[T]) -> None:
        """Add all or none. An empty queue takes any number, so that no caller is refused for ever.

        Raises Overloaded with an estimate of when there is room, Unavailable once closed.
        """
        with self._changed:
            self.admit(len(items))
            now = time.monotonic()
            self._items.extend((now, item) for item in items)
            self._changed.notify_all()

    def admit(self, count: int) -> None:
        """Raise as `put` would for so many items."""
        if self._is_closed:
            raise Unavailable("the models are shutting down")
        waiting = len(self._items)
        if waiting and waiting + count > self._limit:
            seconds = max(1.0, waiting * self._seconds_per_item)
            raise Overloaded(f"{waiting} pictures wait already", retry_after_seconds=seconds)

    def collect(self, most: int) -> list[tuple[float, T]]:
        """The next batch, each item with how long it waited in seconds; empty once closed and drained."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._items or self._is_closed)
                if not self._items:
                    return []
                deadline = self._items[0][0] + self._linger_seconds
                self._changed.wait_for(
                    lambda: len(self._items) >= most or self._is_closed, timeout=max(0.0, deadline - time.monotonic())
                )
                if self._items:  # else all have been discarded meanwhile
                    break
            now = time.monotonic()
            batch = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            return [(now - came, item) for came, item in batch]

    def discard(self, item: T) -> None:
        """Take this very item out, so that it takes nobody's place; it may have been collected already."""
        with self._changed:
            for index, (_, waiting) in enumerate(self._items):
                if waiting is item:
                    del self._items[index]
                    return

    def learn(self, *, seconds: float, items: int) -> None:
        """Tell how long a batch took, for the estimate in Overloaded."""
        latest = seconds / items
        known = self._seconds_per_item
        self._seconds_per_item = 0.8 * known + 0.2 * latest if known else latest

    def close(self) -> None:
        """Take no more; what waits can still be collected."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
