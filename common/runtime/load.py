"""Measuring how much a worker has to do, and reading what others measured."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from pydantic import TypeAdapter, ValidationError

from common.domain.load import Load, load_key
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)

VAIN_SECONDS = 15.0  # who has finished nothing for longer waits for something that is away: no sign of its speed
MEMORY_SECONDS = 20.0  # what is older counts less and less; long enough for several batches of a slow model

_LOAD = TypeAdapter(Load)


class LoadMeter:
    """Told of every batch by those who work on it; thread-safe."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds from any start, never going back."""
        self._now = now
        self._lock = threading.Lock()
        self._in_hand: dict[int, int] = {}  # sizes of the batches that are worked on
        self._vain_since: float | None = None  # since when batches were begun and none has finished anything
        self._numbers = 0
        self._read_at = now()
        self._time = self._busy = 0.0  # seconds, the old ones discounted
        self._finished = self._productive = 0.0  # pieces, and the seconds of the batches that finished any

    @contextmanager
    def working(self, count: int) -> Iterator[Callable[[int], None]]:
        """Work on a batch of `count`; call what is given with how many of it were finished."""
        finished = 0

        def finish(number: int) -> None:
            nonlocal finished
            finished = number

        number, began = self._begin(count), self._now()
        try:
            yield finish
        finally:
            self._end(number, finished, self._now() - began)

    def read(self) -> Load:
        """As it stands now."""
        with self._lock:
            self._pass_time()
            in_hand = sum(self._in_hand.values())
            busy = min(1.0, self._busy / self._time) if self._time else 0.0
            return Load(busy=busy, capacity=self._capacity(in_hand), in_hand=in_hand)

    def _capacity(self, in_hand: int) -> float | None:
        if not self._productive:
            return None
        capacity = self._finished / self._productive
        patience = max(VAIN_SECONDS, 3 * in_hand / capacity)
        is_vain = self._vain_since is not None and self._read_at - self._vain_since > patience
        return None if is_vain else capacity

    def _begin(self, count: int) -> int:
        with self._lock:
            self._pass_time()
            self._numbers += 1
            self._vain_since = self._read_at if self._vain_since is None else self._vain_since
            self._in_hand[self._numbers] = count
            return self._numbers

    def _end(self, number: int, finished: int, seconds: float) -> None:
        with self._lock:
            at_once = len(self._in_hand)
            self._pass_time()
            del self._in_hand[number]
            if finished:  # one that came to nothing says how long an outage takes, not how fast the work goes
                self._vain_since = self._read_at if self._in_hand else None
                discount = math.exp(-seconds / MEMORY_SECONDS)
                self._finished = self._finished * discount + finished
                self._productive = self._productive * discount + seconds / at_once

    def _pass_time(self) -> None:
        now = self._now()
        passed, self._read_at = now - self._read_at, now
        discount = math.exp(-passed / MEMORY_SECONDS)
        self._time = self._time * discount + passed
        self._busy = self._busy * discount + (passed if self._in_hand else 0.0)


def tell_load(coordination: Coordination, load: Load, *, group: str, member: str, ttl: float) -> None:
    """Let the others know. Raises Unavailable."""
    coordination.put(load_key(group, member), _LOAD.dump_json(load), ttl=ttl)


def read_loads(coordination: Coordination, group: str) -> list[Load]:
    """What the members of the group that are alive last said. Raises Unavailable."""
    return list(loads_by_member(coordination, group, list(coordination.members(group))).values())


def loads_by_member(coordination: Coordination, group: str, members: list[str]) -> dict[str, Load]:
    """What each of these members last said; who said nothing is missing. Raises Unavailable."""
    found = {}
    for member, value in zip(members, coordination.get_many([load_key(group, one) for one in members]), strict=True):
        try:
            if value is not None:
                found[member] = _LOAD.validate_json(value)
        except ValidationError:
            log.warning("load.unreadable", group=group, member=member)
    return found
