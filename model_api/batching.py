"""The one batching loop's queue: it waits for the first item, then tops up until full or late; no polling."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from statistics import median
from typing import Generic, TypeVar

from common.errors import Overloaded, Unavailable
from model_api.crowd import Crowd

T = TypeVar("T")

# The pace is the middle one of so many batches: one that took ten times as long, because an engine saw a shape for the
# first time, must not turn callers away.
KNOWN_PACES = 5

CROWDED_ITEMS = 0.25  # how long one waits in a crowd, in items: the one in work is about to be done
CROWDED_SECONDS = 0.01  # or so long, where items take next to nothing: batches must not become small


class BatchQueue(Generic[T]):
    """A bounded queue that many threads fill and one empties in batches.

    It is bounded in time, too: what would wait longer than somebody is willing to is refused at once, while the caller
    can still go elsewhere, instead of being answered late. That also bounds how long a crowd is felt afterwards.
    """

    def __init__(
        self,
        *,
        limit: int,
        linger_seconds: float,
        longest_wait_seconds: float = math.inf,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`limit`: most items that wait; `linger_seconds`: longest that the first of a batch waits for company,
        unless the batch before it had none either;
        `longest_wait_seconds`: longest that an item may have to wait for those before it; `seconds`: a steady clock.
        """
        self._limit = limit
        self._linger_seconds = linger_seconds
        self._longest_wait_seconds = longest_wait_seconds
        self._seconds = seconds
        self._items: deque[tuple[float, T]] = deque()  # with when each came
        self._changed = threading.Condition()
        self._is_closed = False
        self._paces: deque[float] = deque(maxlen=KNOWN_PACES)  # seconds per item of the last batches
        self._crowd = Crowd()
        self._in_work = 0  # items of the batch that is being worked off
        self._begun = 0.0  # when that batch was collected
        # Callers who were answered together come back together. One who was alone is taken to be alone again, and waits
        # for nobody: lingering would be most of what a lone caller pays for the server.
        self._expects_company = True

    def __len__(self) -> int:
        return len(self._items)

    def put(self, items: Sequence[T]) -> None:
        """Add all or none. An idle queue takes any number, so that no caller is refused for ever.

        Raises Overloaded with an estimate of when there is room, Unavailable once closed.
        """
        with self._changed:
            self.admit(len(items))
            now = self._seconds()
            self._crowd.ask(len(items), now=now)
            self._items.extend((now, item) for item in items)
            self._changed.notify_all()

    def admit(self, count: int) -> None:
        """Raise as `put` would for so many items."""
        if self._is_closed:
            raise Unavailable("the models are shutting down")
        waiting, wait = len(self._items), self.wait_seconds()
        now = self._seconds()
        is_late = wait > self._bound_seconds(now)
        if is_late:
            self._crowd.begin(pace=self._seconds_per_item, now=now)
        if is_late or (waiting and waiting + count > self._limit):
            self._crowd.ask(count, now=now)
            sentence = f"{waiting} pictures wait already, for about {wait:.1f} s"
            raise Overloaded(sentence, retry_after_seconds=max(1.0, wait))

    def wait_seconds(self) -> float:
        """How long the next item will have to wait for those before it, at the pace so far; 0 as long as none is known.

        Its own time is not counted: who brings much knows that it takes long.
        """
        left = self._in_work * self._seconds_per_item - (self._seconds() - self._begun)
        return max(0.0, left) + len(self._items) * self._seconds_per_item

    def _bound_seconds(self, now: float) -> float:
        """How long one may wait now."""
        if not self._crowd.lasts(now=now):
            return self._longest_wait_seconds
        return min(self._longest_wait_seconds, max(CROWDED_SECONDS, CROWDED_ITEMS * self._seconds_per_item))

    def collect(self, most: int) -> list[tuple[float, T]]:
        """The next batch, each item with how long it waited in seconds; empty once closed and drained.

        Who asks for a batch has finished the one before.
        """
        with self._changed:
            self._in_work = 0
            while True:
                self._changed.wait_for(lambda: self._items or self._is_closed)
                if not self._items:
                    return []
                deadline = self._items[0][0] + (self._linger_seconds if self._expects_company else 0.0)
                self._changed.wait_for(
                    lambda: len(self._items) >= most or self._is_closed, timeout=max(0.0, deadline - self._seconds())
                )
                if self._items:  # else all have been discarded meanwhile
                    break
            now = self._begun = self._seconds()
            self._in_work = min(most, len(self._items))
            self._expects_company = self._in_work > 1
            batch = [self._items.popleft() for _ in range(self._in_work)]
            return [(now - came, item) for came, item in batch]

    def first(self, count: int) -> list[T]:
        """The next items, which stay: who will work on them may prepare."""
        with self._changed:
            return [item for _, item in islice(self._items, count)]

    def discard(self, is_meant: Callable[[T], bool]) -> None:
        """Take an item out, so that it takes nobody's place; it may have been collected already."""
        with self._changed:
            for index, (_, item) in enumerate(self._items):
                if is_meant(item):
                    del self._items[index]
                    return

    def learn(self, *, seconds: float, items: int) -> None:
        """Tell how long a batch took, for the estimate of who has to wait how long."""
        self._paces.append(seconds / items)

    @property
    def _seconds_per_item(self) -> float:
        return median(self._paces) if self._paces else 0.0

    def close(self) -> None:
        """Take no more; what waits can still be collected."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
