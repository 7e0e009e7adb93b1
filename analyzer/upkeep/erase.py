"""What was asked for is erased: pictures, faces, and every row that tells of somebody."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from analyzer.history.forget import forget
from analyzer.history.state import dump, load
from analyzer.upkeep.pages import PAGE, GoOn, Picture, crops, pages, pictures
from common.domain.crop import CROPS
from common.domain.erasure import Erased, Erasure, ErasureState, Stretch
from common.domain.shot import PICTURES
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository, Unit
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)

ON_THE_WAY = timedelta(minutes=15)  # a younger picture may be in a queue: its row goes once that has told of it
AGAIN_FOR = timedelta(days=7)  # a spool that was parted from us, or a dead letter, may bring something of then again
LANDING = timedelta(minutes=2)  # after the end: by then a picture of then is in the store
MOST_DAYS = 3660  # that are listed one by one; a longer time is as good as all
LEDGER = 1000  # newest entries in which those of the last days are looked for

Listing = Callable[[ObjectStore, str], Iterator[Picture]]


class Erase:
    """One run over the erasures that are not done; safe beside all services and a second run, and after a crash.

    Everything is looked for anew each time and goes a page at a time; what a crash leaves, the next run finds. Counts
    are kept with each page: after a crash a page of pictures may be missing in them.
    """

    def __init__(
        self, *, repository: Repository, store: ObjectStore, clock: Clock = utc_now, go_on: GoOn = lambda: True
    ) -> None:
        self._repository = repository
        self._store = store
        self._clock = clock
        self._may_go_on = go_on
        self._is_cut_short = False

    def run(self) -> int:
        """Erase what is not erased yet; how many erasures still wait for pictures that are on their way."""
        with self._repository.begin() as unit:
            unfinished = unit.erasures.unfinished()
        return sum(not self._erase(erasure) for erasure in unfinished if self._go_on())

    def run_again(self) -> None:
        """Look once more at what was done in the last days."""
        since = self._clock() - AGAIN_FOR
        with self._repository.begin() as unit:
            newest = unit.erasures.list(limit=LEDGER)
        for erasure in newest:
            if erasure.finished_at is not None and erasure.finished_at > since and self._go_on():
                self._erase(erasure)

    def _erase(self, erasure: Erasure) -> bool:
        """Whether it is done."""
        with self._repository.begin() as unit:
            camera_ids = [erasure.camera_id] if erasure.camera_id else sorted(unit.erasing.camera_ids())
        end = min(erasure.end or erasure.requested_at, erasure.requested_at)
        left = 0
        for camera_id in camera_ids:
            left += self._erase_of(Stretch(camera_id=camera_id, start=erasure.start, end=end), erasure.id)
        if left or self._clock() < end + LANDING or not self._go_on():
            return False
        self._finish(erasure.id)
        return True

    def _erase_of(self, stretch: Stretch, erasure_id: str) -> int:
        """How many pictures of a camera are left, for they are on their way."""
        self._erase_events(stretch)
        self._erase_rows(erasure_id, lambda unit: Erased(alerts=unit.erasing.remove_alerts(stretch, limit=PAGE)))
        self._erase_rows(erasure_id, lambda unit: Erased(sightings=unit.erasing.remove_sightings(stretch, limit=PAGE)))
        self._erase_feedback(stretch, erasure_id)
        left = self._erase_pictures(stretch, erasure_id)
        since = self._clock() - ON_THE_WAY
        self._erase_rows(
            erasure_id,
            lambda unit: Erased(snapshots=unit.erasing.remove_shots(stretch, waiting_since=since, limit=PAGE)),
        )
        return left

    def _erase_events(self, stretch: Stretch) -> None:
        """With them goes what the camera's history knows of then: its next picture would write it down again."""
        while self._go_on():
            with self._repository.begin() as unit:
                is_known = stretch.camera_id in unit.cameras.get_many([stretch.camera_id])
                body = unit.histories.hold(stretch.camera_id) if is_known else None
                gone = unit.erasing.remove_events(stretch, limit=PAGE)
                kept = forget(load(body), stretch, gone=gone) if body else None
                if kept is not None:
                    unit.histories.save(stretch.camera_id, dump(kept))
            if len(gone) < PAGE:
                return

    def _erase_rows(self, erasure_id: str, remove: Callable[[Unit], Erased]) -> None:
        while self._go_on():
            with self._repository.begin() as unit:
                gone = remove(unit)
                _add(unit, erasure_id, gone)
            if max(vars(gone).values()) < PAGE:
                return

    def _erase_feedback(self, stretch: Stretch, erasure_id: str) -> None:
        """The crops go first: nothing else would find one that no row names."""
        with self._repository.begin() as unit:
            said = unit.erasing.feedback(stretch)
        for page in pages(said, self._go_on):
            keys = [one.crop_key for one in page if one.crop_key]
            self._store.delete(keys)
            with self._repository.begin() as unit:
                unit.feedback.remove(one.id for one in page)
                _add(unit, erasure_id, Erased(crops=len(keys)))

    def _erase_pictures(self, stretch: Stretch, erasure_id: str) -> int:
        now = self._clock()
        settled, left = self._settled(stretch, now), 0
        for page in pages(_of(stretch, self._store, pictures, PICTURES, now=now), self._go_on):
            going = [one.key for one in page if one.scheduled_at < now - ON_THE_WAY or one.shot_id in settled]
            left += len(page) - len(going)
            self._store.delete(going)
            self._count(erasure_id, Erased(pictures=len(going)))
        for page in pages(_of(stretch, self._store, crops, CROPS, now=now), self._go_on):
            self._store.delete([one.key for one in page])
            self._count(erasure_id, Erased(crops=len(page)))
        return left

    def _settled(self, stretch: Stretch, now: datetime) -> set[str]:
        """Young shots of which nothing is on its way any more."""
        with self._repository.begin() as unit:
            young = unit.shots.list(camera_id=stretch.camera_id, after=now - ON_THE_WAY, before=stretch.end, limit=5000)
        return {shot.id for shot in young if shot.outcome.is_final}

    def _count(self, erasure_id: str, gone: Erased) -> None:
        with self._repository.begin() as unit:
            _add(unit, erasure_id, gone)

    def _finish(self, erasure_id: str) -> None:
        with self._repository.begin() as unit:
            erasure = unit.erasures.get(erasure_id)
            if erasure.state is ErasureState.DONE:
                return
            unit.erasures.save(replace(erasure, state=ErasureState.DONE, finished_at=self._clock()))
        log.info("erasure.done", erasure_id=erasure_id, by=erasure.by, camera_id=erasure.camera_id)

    def _go_on(self) -> bool:
        """Once it was told to stop it stays so: what was cut short is not done."""
        self._is_cut_short = self._is_cut_short or not self._may_go_on()
        return not self._is_cut_short


def _add(unit: Unit, erasure_id: str, gone: Erased) -> None:
    """Count it in the ledger."""
    erasure = unit.erasures.get(erasure_id)
    state = ErasureState.RUNNING if erasure.state is ErasureState.REQUESTED else erasure.state
    counts = {name: getattr(erasure, name) + count for name, count in vars(gone).items()}
    if state is not erasure.state or any(vars(gone).values()):
        unit.erasures.save(replace(erasure, state=state, **counts))


def _of(stretch: Stretch, store: ObjectStore, listing: Listing, prefix: str, *, now: datetime) -> Iterator[Picture]:
    """What lies in the store of a stretch: day by day where it has a beginning, else all from the first on."""
    folder = f"{prefix}{stretch.camera_id}/"
    start = stretch.start.astimezone(UTC) if stretch.start is not None else None
    if start is None or (stretch.end - start).days > MOST_DAYS:
        found: Iterator[Picture] = itertools.takewhile(
            lambda one: one.scheduled_at < stretch.end, listing(store, folder)
        )
    else:
        days = ((start + timedelta(days=number)) for number in range((min(stretch.end, now) - start).days + 2))
        found = itertools.chain.from_iterable(listing(store, f"{folder}{day:%Y/%m/%d}/") for day in days)
    return (one for one in found if stretch.includes(one.scheduled_at))
