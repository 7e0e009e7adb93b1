"""Few at once: what is dear is given to nobody more often than he can use, and to all together as far as it goes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from console.errors import TooManyAtOnce


class Slots:
    """Counts who is at it now; thread-safe."""

    def __init__(self, *, each: int, altogether: int, retry_after_seconds: float = 1.0) -> None:
        """`each`: most of one person; `altogether`: of all of them."""
        self._each = each
        self._altogether = altogether
        self._retry_after_seconds = retry_after_seconds
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def enter(self, person: str) -> None:
        """Take a place; whoever has one gives it back by `leave`. Raises TooManyAtOnce."""
        with self._lock:
            if self._taken[person] >= self._each:
                raise self._refusal(f"{self._taken[person]} requests of yours are being worked on already")
            if self._taken.total() >= self._altogether:
                raise self._refusal(f"{self._taken.total()} requests are being worked on already")
            self._taken[person] += 1

    def leave(self, person: str) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]

    @contextmanager
    def taken(self, person: str) -> Iterator[None]:
        """A place for as long as the block takes."""
        self.enter(person)
        try:
            yield
        finally:
            self.leave(person)

    def _refusal(self, sentence: str) -> TooManyAtOnce:
        return TooManyAtOnce(sentence, retry_after_seconds=self._retry_after_seconds)
