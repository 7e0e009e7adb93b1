"""Several videos at once: each run has a state, a progress and an end, and takes a bounded share of the server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import IO
from uuid import uuid4

import structlog

from common.errors import Conflict, MaskwatchError, NotFound, Overloaded
from common.ports.detector import Detector
from model_api.moderation.moderate import Progress, VideoLimits, Wish, moderate
from model_api.moderation.report import Report

log = structlog.get_logger(__name__)

AT_ONCE = 2  # videos looked at; more would only share the same models
MOST_RUNS = 8  # unfinished ones, with those that wait or are still received: each may fill the disk with a whole video
MOST_REPORTS = 32  # finished ones kept: about a megabyte each, with their pictures
KEPT_SECONDS = 3600.0  # after the end; pictures of people stay no longer than it takes to fetch them
COME_BACK_SECONDS = 30.0

Source = Callable[[], Awaitable[IO[bytes]]]  # -> the video as a file, which the run then owns


class State(StrEnum):
    """A run goes through them in this order and ends in one of the last three."""

    FETCHING = "fetching"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(kw_only=True, eq=False)
class Run:
    """One video on its way to its report. Only the event loop's thread changes `state`, `report` and `error`."""

    id: str
    wish: Wish
    state: State = State.FETCHING
    progress: Progress = field(default_factory=lambda: Progress(frames=0, planned_frames=0, seconds=0, total_seconds=0))
    report: Report | None = None
    error: MaskwatchError | None = None
    began_at: float | None = None  # by the monotonic clock, of the first frame
    ended_at: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    task: asyncio.Task[None] | None = None

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        if self.state is State.DONE:
            return 1.0
        return self.progress.frames / self.progress.planned_frames if self.progress.planned_frames else 0.0

    def seconds_left(self, now: float) -> float | None:
        """An estimate; None before the first frames are through, and after the end."""
        if self.state is not State.RUNNING or self.began_at is None or not self.progress.frames:
            return None
        left = self.progress.planned_frames - self.progress.frames
        return left * (now - self.began_at) / self.progress.frames

    def result(self) -> Report:
        """The report. Raises what made the run fail, or Conflict before its end."""
        if self.error:
            raise self.error
        if self.report is None:
            raise Conflict(f"the run is {self.state}: there is no report")
        return self.report


class Runs:
    """Those that are under way, and the reports of those that ended lately. Only the event loop's thread calls it."""

    def __init__(
        self,
        *,
        detector: Detector,
        limits: VideoLimits,
        new_id: Callable[[], str] = lambda: uuid4().hex,  # nobody guesses it: who knows it may read the report
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._detector = detector
        self._limits = limits
        self._new_id = new_id
        self.now = now
        self._runs: dict[str, Run] = {}
        self._received = 0  # videos that are on their way here
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="video")

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """Around the reception of a video: it takes a run's place. Raises Overloaded when no more are taken."""
        self._admit()
        self._received += 1
        try:
            yield
        finally:
            self._received -= 1

    def start(self, wish: Wish, source: Source) -> Run:
        """Begin, in the background. Raises Overloaded when no more are taken."""
        self._forget()
        self._admit()
        run = Run(id=self._new_id(), wish=wish)
        self._runs[run.id] = run
        run.task = asyncio.get_running_loop().create_task(self._work(run, source))
        return run

    def find(self, run_id: str) -> Run:
        """Raises NotFound for one that never was, or is forgotten."""
        self._forget()
        if run_id not in self._runs:
            raise NotFound("there is no such run; an hour after their end they are forgotten")
        return self._runs[run_id]

    def drop(self, run: Run) -> None:
        """Forget the run, and end it if it is under way."""
        self._runs.pop(run.id, None)
        run.stop.set()
        if run.task:
            run.task.cancel()

    def _admit(self) -> None:
        unfinished = self._received + sum(run.ended_at is None for run in self._runs.values())
        if unfinished >= MOST_RUNS:
            raise Overloaded(f"{unfinished} videos wait already", retry_after_seconds=COME_BACK_SECONDS)

    def _forget(self) -> None:
        ended = sorted(
            (run for run in self._runs.values() if run.ended_at is not None), key=lambda run: run.ended_at or 0
        )
        surplus = ended[: max(0, len(ended) - MOST_REPORTS)]
        old = [run for run in ended if self.now() - (run.ended_at or 0) > KEPT_SECONDS]
        for run in {*surplus, *old}:
            del self._runs[run.id]

    async def _work(self, run: Run, source: Source) -> None:
        try:
            file = await source()
            run.state = State.WAITING
            run.report = await self._moderate(run, file)
            run.state = State.DONE
            log.info("video.done", run=run.id, frames=run.report.coverage.frames, people=len(run.report.people))
        except asyncio.CancelledError:
            run.state = State.CANCELLED
            log.info("video.cancelled", run=run.id, frames=run.progress.frames)
        except MaskwatchError as exc:
            run.state, run.error = State.FAILED, exc
            log.info("video.failed", run=run.id, code=exc.code, reason=str(exc))
        except Exception as exc:  # whatever it is, whoever waits must hear of it
            run.state, run.error = State.FAILED, MaskwatchError("an unexpected error; the log has it")
            log.error("video.failed", run=run.id, exc_info=exc)
        finally:
            run.stop.set()
            run.ended_at = self.now()

    async def _moderate(self, run: Run, file: IO[bytes]) -> Report:
        work = partial(
            moderate,
            file,
            detector=self._detector,
            wish=run.wish,
            limits=self._limits,
            stop=run.stop,
            on_progress=partial(self._note, run, asyncio.get_running_loop()),
        )
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: file.close())  # whoever gave up, no sooner than the thread has done with it
        return await asyncio.wrap_future(future)

    def _note(self, run: Run, loop: asyncio.AbstractEventLoop, progress: Progress) -> None:
        """Called in the run's thread."""
        if not run.stop.is_set():
            loop.call_soon_threadsafe(self._move, run, progress)

    def _move(self, run: Run, progress: Progress) -> None:
        if run.state is State.WAITING:
            run.state, run.began_at = State.RUNNING, self.now()
        run.progress = progress
