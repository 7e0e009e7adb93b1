"""The batching loops' queue: it waits for the first item, then tops up until full or late; no polling."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Generic, TypeVar

from common.errors import Overloaded, Unavailable
from model_api.crowd import Crowd

T = TypeVar("T")

# The pace is the middle one of so many batches: one that took ten times as long, because an engine saw a shape for the
# first time, must not turn callers away.
KNOWN_PACES = 5

CROWDED_ITEMS = 0.1  # how long one waits in a crowd, in items: the one in work is about to be done
CROWDED_SECONDS = 0.01  # where items take less, one waits so long: batches must not become small


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch(Generic[T]):
    """What one lane works off at a time."""

    items: Sequence[T]
    waited_seconds: Sequence[float]  # of each item
    begun: float  # by the queue's clock


class BatchQueue(Generic[T]):
    """A bounded queue that many threads fill and a few, its lanes, empty in batches.

    It is bounded in time, too: what would wait longer than somebody is willing to is refused at once, while the caller
    can still go elsewhere, instead of being answered late. That also bounds how long a crowd is felt afterwards.
    """

    def __init__(
        self,
        *,
        limit: int,
        linger_seconds: float,
        longest_wait_seconds: float = math.inf,
        lanes: int = 1,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`limit`: most items that wait; `linger_seconds`: longest that the first of a batch waits for company,
        unless the batch before it had none either;
        `longest_wait_seconds`: longest that an item may have to wait for those before it; `lanes`: how many batches are
        in work at once; `seconds`: a steady clock.
        """
        self._limit = limit
        self._linger_seconds = linger_seconds
        self._longest_wait_seconds = longest_wait_seconds
        self._lanes = lanes
        self._seconds = seconds
        self._items: deque[tuple[float, T]] = deque()  # with when each came
        self._changed = threading.Condition()
        self._is_closed = False
        self._paces: deque[float] = deque(maxlen=KNOWN_PACES)  # a lane's seconds per item, of the last batches
        self._crowd = Crowd()
        self._in_work: set[Batch[T]] = set()
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
        with self._changed:
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
        with self._changed:
            return self._until_a_lane_rests() + len(self._items) * self._seconds_per_item

    def _until_a_lane_rests(self) -> float:
        if len(self._in_work) < self._open_lanes():
            return 0.0
        now, pace = self._seconds(), self._lane_seconds_per_item
        return min(max(0.0, len(batch.items) * pace - (now - batch.begun)) for batch in self._in_work)

    def _bound_seconds(self, now: float) -> float:
        """How long one may wait now."""
        if not self._crowd.lasts(now=now):
            return self._longest_wait_seconds
        pace = self._seconds_per_item
        return min(self._longest_wait_seconds, CROWDED_SECONDS if pace < CROWDED_SECONDS else CROWDED_ITEMS * pace)

    def collect(self, most: int) -> Batch[T] | None:
        """The next batch, to be finished by `finish`; None once closed and drained."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: (self._items and self._has_open_lane()) or self._is_closed)
                if not self._items:
                    return None
                deadline = self._items[0][0] + (self._linger_seconds if self._expects_company else 0.0)
                self._changed.wait_for(
                    lambda: len(self._items) >= most or self._is_closed, timeout=max(0.0, deadline - self._seconds())
                )
                # Meanwhile another lane may have taken them, or all may have been discarded.
                if self._items and (self._has_open_lane() or self._is_closed):
                    return self._take(most)

    def _open_lanes(self) -> int:
        """In a crowd one lane works, with all cores: it answers fewer, each almost as fast as when it is quiet.

        What waited already when the crowd began is worked off by all.
        """
        is_alone = self._crowd.lasts(now=self._seconds()) and len(self._items) <= 1
        return 1 if is_alone else self._lanes

    def _has_open_lane(self) -> bool:
        return len(self._in_work) < self._open_lanes()

    def _take(self, most: int) -> Batch[T]:
        """A fair share of what waits: lanes that rest take the others."""
        share = math.ceil(len(self._items) / max(1, self._open_lanes() - len(self._in_work)))
        now = self._seconds()
        taken = [self._items.popleft() for _ in range(min(most, share))]
        self._expects_company = len(taken) > 1
        batch = Batch(items=[item for _, item in taken], waited_seconds=[now - came for came, _ in taken], begun=now)
        self._in_work.add(batch)
        return batch

    def finish(self, batch: Batch[T], *, worked_off: int) -> None:
        """Its lane rests again; how long `worked_off` items of it took says how long others will have to wait."""
        with self._changed:
            self._in_work.remove(batch)
            if worked_off:
                self.learn(seconds=self._seconds() - batch.begun, items=worked_off)
            self._changed.notify_all()  # a lane that stood aside in a crowd may go on

    def learn(self, *, seconds: float, items: int) -> None:
        """How long a lane took for so many items."""
        self._paces.append(seconds / items)

    @property
    def _lane_seconds_per_item(self) -> float:
        return median(self._paces) if self._paces else 0.0

    @property
    def _seconds_per_item(self) -> float:
        """When all lanes that may are at work."""
        return self._lane_seconds_per_item / self._open_lanes()

    def discard(self, is_meant: Callable[[T], bool]) -> None:
        """Take an item out, so that it takes nobody's place; it may have been collected already."""
        with self._changed:
            for index, (_, item) in enumerate(self._items):
                if is_meant(item):
                    del self._items[index]
                    return

    def close(self) -> None:
        """Take no more; what waits can still be collected."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
