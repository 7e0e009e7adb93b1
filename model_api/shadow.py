"""The challenger looks at live pictures after they were answered; nobody waits for it, and nobody gets its answer."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import structlog

from common.domain.prediction import PictureResult
from common.errors import MaskwatchError
from common.ports.clock import Clock, utc_now
from model_api.comparison import compare
from model_api.contest import Contest
from model_api.pipeline import Pipeline, Request
from model_api.shadow_tally import DROPPED, FAILED, ShadowSummary, ShadowTally

log = structlog.get_logger(__name__)

# Without a live picture for so long the challenger may look at one: a caller who sends one after another would else
# share the processor with it at every picture.
QUIET_SECONDS = 0.25
# Nor does it begin before all has been quiet for so many times what its last picture took: it uses a fifth of the idle
# time at most, so that few pictures come while it works, however slow the machine is.
QUIET_TIMES = 4
MOST_PICTURES = 32  # that wait for a quiet moment; those that come then are dropped
MOST_BYTES = 32_000_000  # of them, encoded


@dataclass(kw_only=True)
class _Round:
    contest: Contest
    tally: ShadowTally


class Shadow:
    """One thread that runs the challenger, a picture at a time, while the models rest."""

    def __init__(
        self,
        *,
        share: float,
        idle_seconds: Callable[[], float],
        rng: np.random.Generator,
        quiet_seconds: float = QUIET_SECONDS,
        clock: Clock = utc_now,
    ) -> None:
        """`share` of the pictures that are taken, 0..1; `idle_seconds`: how long nothing has been answered."""
        self._share = share
        self._idle_seconds = idle_seconds
        self._rng = rng
        self._quiet_seconds = quiet_seconds
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Request, PictureResult]] = deque()
        self._round: _Round | None = None
        self._took_seconds = 0.0  # the last picture of this challenger
        self._is_running = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
        self._thread.start()

    def offer(self, requests: Sequence[Request], results: Sequence[PictureResult]) -> None:
        """Take a share of answered pictures, as far as there is room; returns at once."""
        with self._changed:
            current = self._round
            if current is None:
                return
            about = [pair for pair in zip(requests, results, strict=True) if current.contest.is_about(pair[1])]
            for request, result in about:
                if self._rng.random() >= self._share:
                    continue
                if self._has_room(request):
                    self._waiting.append((request, result))
                else:
                    current.tally.count(DROPPED)
            self._changed.notify_all()

    def begin(self, contest: Contest | None) -> None:
        """Compare these from now on, or nothing; the counts begin anew and the former challenger is closed."""
        with self._changed:
            self._waiting.clear()  # else the old ones were looked at first
            self._changed.wait_for(lambda: not self._is_running)
            self._waiting.clear()
            former, self._round = self._round, self._new_round(contest)
            self._took_seconds = 0.0
        if former is not None:
            former.contest.challenger.pipeline.close()

    def summary(self) -> ShadowSummary | None:
        """The counts so far; None while nothing is compared."""
        current = self._round
        return current.tally.summary() if current is not None else None

    def close(self) -> None:
        """Finish the picture in hand and free the challenger."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()
        self.begin(None)

    def _new_round(self, contest: Contest | None) -> _Round | None:
        if contest is None:
            return None
        different = sorted(contest.challenger.ids - contest.champion)
        return _Round(contest=contest, tally=ShadowTally(since=self._clock(), challenger=different, share=self._share))

    def _has_room(self, request: Request) -> bool:
        held = sum(len(waiting.data) for waiting, _ in self._waiting)
        return len(self._waiting) < MOST_PICTURES and held + len(request.data) <= MOST_BYTES

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            current, request, result = taken
            start = time.monotonic()
            try:
                _look(current, request, result)
            except Exception:  # a challenger's surprise must not end the comparison
                log.exception("shadow.failed")
                current.tally.count(FAILED)
            finally:
                with self._changed:
                    self._took_seconds = time.monotonic() - start
                    self._is_running = False
                    self._changed.notify_all()

    def _take(self) -> tuple[_Round, Request, PictureResult] | None:
        """The next picture once all is quiet; None once closed."""
        with self._changed:
            while not self._is_closed:
                if self._round is None or not self._waiting:
                    self._changed.wait()
                    continue
                lacking = max(self._quiet_seconds, QUIET_TIMES * self._took_seconds) - self._idle_seconds()
                if lacking <= 0:
                    self._is_running = True
                    return self._round, *self._waiting.popleft()
                self._changed.wait(lacking)
            return None


class ShadowedPipeline:
    """Implements Pipeline by another one, and offers what it answered to the shadow."""

    def __init__(self, pipeline: Pipeline, shadow: Shadow) -> None:
        self._pipeline = pipeline
        self._shadow = shadow

    @property
    def variants(self) -> Sequence[str]:
        """Of the one that answers."""
        return self._pipeline.variants

    def run(self, requests: Sequence[Request]) -> list[PictureResult]:
        """The answers of the one that answers, never the challenger's."""
        results = self._pipeline.run(requests)
        self._shadow.offer(requests, results)
        return results

    def close(self) -> None:
        """Close the one that answers; the shadow is closed by its owner."""
        self._pipeline.close()


def _look(current: _Round, request: Request, result: PictureResult) -> None:
    try:
        (answer,) = current.contest.challenger.pipeline.run([request])
    except MaskwatchError as exc:
        log.warning("shadow.refused", error=str(exc))
        current.tally.count(FAILED)
        return
    if answer.error is not None:
        current.tally.count(FAILED)
        return
    current.tally.add(compare(result.faces, answer.faces))
