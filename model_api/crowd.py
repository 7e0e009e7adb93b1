"""Whether more is asked than can be done."""

from __future__ import annotations

from collections import deque

CALM_SECONDS = 1.0  # over which what is asked is counted; a crowd lasts as long at least


class Crowd:
    """Begins when somebody would wait too long, and ends when no more is asked than could be done.

    A queue smooths a burst; under lasting overload it only makes every answer late. During a crowd hardly anybody
    should wait: answers come almost as fast as when nothing is going on, and the rest hears at once that it must go
    elsewhere. The idea is CoDel's (Nichols and Jacobson, Controlling Queue Delay, ACM Queue 2012), as servers use it
    (Maurer, Fail at Scale, ACM Queue 2015). What was refused counts as asked, and the pace is that of the full batches
    before the crowd: judged by the small batches during it, a load that is no trouble otherwise would keep it up.
    """

    def __init__(self) -> None:
        self._asked: deque[tuple[float, int]] = deque()  # when, and how many items
        self._begun: float | None = None
        self._pace = 0.0

    def ask(self, items: int, *, now: float) -> None:
        """Count what was asked, taken or not."""
        self._asked.append((now, items))
        self._forget(now)

    def begin(self, *, pace: float, now: float) -> None:
        """Somebody would wait too long; `pace`: seconds per item of full batches."""
        if self._begun is None:
            self._begun, self._pace = now, pace

    def lasts(self, *, now: float) -> bool:
        """Whether there is one."""
        if self._begun is not None and now - self._begun > CALM_SECONDS:
            self._forget(now)
            if self._pace * sum(items for _, items in self._asked) < CALM_SECONDS:
                self._begun = None
        return self._begun is not None

    def _forget(self, now: float) -> None:
        while self._asked and now - self._asked[0][0] > CALM_SECONDS:
            self._asked.popleft()
