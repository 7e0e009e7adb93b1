"""All cameras, on as many cores as there are: each camera's past is a process's work."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context

from analyzer.backtest.messages import Messages
from analyzer.backtest.replay import Told, replay
from analyzer.backtest.summary import summarise
from analyzer.history.fold import scene_of
from analyzer.rules import applies
from common.domain.backtest import Backtest
from common.domain.camera import Camera
from common.domain.rule import Rule
from common.errors import InvalidInput, Unavailable
from common.ports.repository import PlainPrediction, Repository
from common.runtime.cores import core_seconds
from common.runtime.logs import rehearsed

PAGE = 2000  # predictions in one unit of work: hundredths of a second, for which others wait on SQLite
WORTH_PROCESSES = 100_000  # predictions; fewer are looked through before a second process has started
MOST_TOLD = 60_000  # firings' changes on all cameras together: who wants more messages than that is not served by them
LEAST_TOLD = 300  # but so many on any camera

OpenRepository = Callable[[], Repository]  # to be sent to another process
OnProgress = Callable[[int, int], None]  # pictures that were looked through, of how many


@dataclass(frozen=True, kw_only=True)
class Tape:
    """What a camera's past tells."""

    pictures: int
    told: list[Told] = field(repr=False)
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class _Task:
    """A camera to look at."""

    camera: Camera
    rule: Rule
    start: datetime
    end: datetime
    most_told: int


def run_backtest(
    rule: Rule,
    *,
    open_repository: OpenRepository,
    start: datetime,
    end: datetime,
    camera_ids: Collection[str] = (),
    workers: int | None = None,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Backtest:
    """Try the rule on the predictions captured in [start, end) by the cameras that it looks at, or by some of these.

    It begins with nobody in view. `workers`: processes; None: one for each core. Raises InvalidInput for a rule about
    trouble, Unavailable.
    """
    if rule.condition.trouble is not None:
        raise InvalidInput("a rule about trouble looks at no pictures: there is nothing to try it on")
    repository = open_repository()
    try:
        with repository.begin() as unit:
            cameras = {
                camera.id: camera
                for camera in unit.cameras.list()
                if applies(rule, camera) and (not camera_ids or camera.id in camera_ids)
            }
            counts = {each: unit.predictions.count_captured(each, start=start, end=end) for each in cameras}
            receivers, silences = unit.receivers.list(), unit.silences.list(ending_after=start)
        most = max(LEAST_TOLD, MOST_TOLD // max(1, len(cameras)))
        tasks = [_Task(camera=each, rule=rule, start=start, end=end, most_told=most) for each in cameras.values()]
        tapes = _look(tasks, counts, repository, open_repository, _workers(workers, sum(counts.values())), on_progress)
    finally:
        repository.close()
    told = list(heapq.merge(*(tape.told for tape in tapes), key=lambda each: each.at))
    messages = Messages(rule, cameras=cameras, receivers=receivers, silences=silences, start=start)
    with rehearsed():
        sent = list(messages.of(told, end=end))
    return summarise(
        rule,
        told,
        sent,
        start=start,
        end=end,
        cameras=len(cameras),
        pictures=sum(tape.pictures for tape in tapes),
        is_complete=all(tape.is_complete for tape in tapes),
    )


def _workers(wanted: int | None, pictures: int) -> int:
    if wanted is not None:
        return wanted
    return max(1, int(core_seconds())) if pictures >= WORTH_PROCESSES else 1


def _look(
    tasks: Sequence[_Task],
    counts: Mapping[str, int],
    repository: Repository,
    open_repository: OpenRepository,
    workers: int,
    on_progress: OnProgress,
) -> list[Tape]:
    total = sum(counts.values())
    done = 0
    tapes: list[Tape] = []
    largest_first = sorted(tasks, key=lambda task: -counts[task.camera.id])
    if min(workers, len(tasks)) < 2:
        for task in largest_first:
            tapes.append(_play(repository, task, partial(_tell, on_progress, done, total)))
            done += tapes[-1].pictures
        return tapes
    try:
        with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
            try:
                for played in as_completed([pool.submit(_play_apart, open_repository, task) for task in largest_first]):
                    tapes.append(played.result())
                    done += tapes[-1].pictures
                    on_progress(done, total)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # of no use any more; those begun end with the block
                raise
    except BrokenProcessPool as exc:
        raise Unavailable("a process that looked through predictions has ended: is there enough memory?") from exc
    return tapes


def _tell(on_progress: OnProgress, before: int, total: int, count: int) -> None:
    on_progress(before + count, total)


def _play_apart(open_repository: OpenRepository, task: _Task) -> Tape:
    repository = open_repository()
    try:
        return _play(repository, task, lambda _count: None)
    finally:
        repository.close()


def _play(repository: Repository, task: _Task, on_pictures: Callable[[int], None]) -> Tape:
    count = 0

    def counted() -> Iterator[PlainPrediction]:
        nonlocal count
        for page in _pages(repository, task):
            yield from page
            count += len(page)
            on_pictures(count)

    scene = scene_of(task.camera, [task.rule])
    told = list(islice(replay(scene, task.rule, counted(), end=task.end), task.most_told))
    return Tape(pictures=count, told=told, is_complete=len(told) < task.most_told)


def _pages(repository: Repository, task: _Task) -> Iterator[list[PlainPrediction]]:
    start, after = task.start, ""
    while True:
        with repository.begin() as unit:
            page = unit.predictions.captured(task.camera.id, start=start, end=task.end, after=after, limit=PAGE)
        yield page
        if len(page) < PAGE:
            return
        start, after = page[-1].captured_at, page[-1].snapshot_id
