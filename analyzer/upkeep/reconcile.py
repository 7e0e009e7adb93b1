"""Brings store and database into agreement: pictures nobody knows, rows without a picture, shots that got lost.

An orphan (a grabber died between storing a picture and telling of it) is deleted, not queued again: it is older than
an hour, and a job is worth predicting for `MASKWATCH_FRESHNESS_SECONDS`, a minute by default. Its slot is counted by
the grabber that took the camera over.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from analyzer.upkeep.pages import PAGE, GoOn, OnProgress, Picture, pages, pictures
from analyzer.upkeep.passed import Passed, passed
from common.domain.shot import PICTURES, Outcome, Shot
from common.messages import SHOTS, encode
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)

YOUNG = timedelta(hours=1)  # what is younger may still be on its way
PICTURE_GONE = "picture_gone"  # the reason of a shot whose picture is in no store
JOB_LOST = "job_lost"  # the reason of a shot that was taken and then heard of no more


@dataclass(kw_only=True)
class Reconciled:
    """What was set right, or would be."""

    pictures: int = 0  # looked at
    picture_bytes: int = 0  # of all these
    orphans: int = 0  # pictures that no shot names, maybe another of the same slot: deleted
    orphan_bytes: int = 0
    strangers: int = 0  # pictures of cameras that the database never heard of: left alone, unless asked for
    restored: int = 0  # shots whose picture was gone and is there again
    gone: int = 0  # shots whose picture is gone: they name none any more
    lost: int = 0  # shots whose job is in no queue: expired
    postponed: str = ""  # why orphans and lost shots were left for another time


class Reconcile:
    """One run over everything; safe beside all services and a second run, and again after a crash.

    Both sides are read in the order of their keys and compared on the way: a page of each is in memory. Whatever
    seems to lack its other side is looked up once more before anything is changed. A bucket may be shared, or be the
    wrong one for this database: pictures of unknown cameras stay, and what was marked as gone is restored once it is
    back.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        store: ObjectStore,
        broker: Broker,
        clock: Clock = utc_now,
        young: timedelta = YOUNG,
        with_strangers: bool = False,
        is_dry_run: bool = False,
        go_on: GoOn = lambda: True,
        on_progress: OnProgress = lambda _count: None,
    ) -> None:
        """`with_strangers`: pictures of unknown cameras are orphans, too; `is_dry_run`: only count."""
        self._repository = repository
        self._store = store
        self._broker = broker
        self._now = clock()
        self._until = self._now - young
        self._young = young
        self._with_strangers = with_strangers
        self._is_dry_run = is_dry_run
        self._go_on = go_on
        self._on_progress = on_progress
        self._cameras: set[str] = set()
        self._done = Reconciled()

    def run(self) -> Reconciled:
        """Set right, and tell what."""
        with self._repository.begin() as unit:
            # In the order of the store's keys, where a "/" follows the camera.
            camera_ids = sorted(unit.retention.camera_ids(), key=lambda camera_id: f"{camera_id}/")
            self._cameras = {*camera_ids, *(camera.id for camera in unit.cameras.list())}
        known = passed(self._repository, self._broker, camera_ids, now=self._now)
        self._done.postponed = known.waiting_for
        self._compare(camera_ids, known)
        if known.predictions_until is not None:
            for camera_id in camera_ids:
                self._settle_lost(camera_id, before=min(self._until, known.predictions_until - self._young))
        told = {
            name: getattr(self._done, name)
            for name in ("pictures", "orphans", "strangers", "restored", "gone", "lost", "postponed")
        }
        log.info("reconcile.done", **told, dry_run=self._is_dry_run)
        return self._done

    def _compare(self, camera_ids: list[str], known: Passed) -> None:
        stored, named = self._stored(), itertools.chain.from_iterable(map(self._named, camera_ids))
        for page in pages(_unpaired(stored, named), self._go_on):
            if known.shots_until is not None:
                until = min(self._until, known.shots_until - self._young)
                self._delete_orphans([each for each in page if isinstance(each, Picture) and _is_old(each, until)])
            self._mark_gone([each for each in page if isinstance(each, Shot)])

    def _stored(self) -> Iterator[Picture]:
        for count, picture in enumerate(pictures(self._store, PICTURES), start=1):
            if count % PAGE == 0:
                self._on_progress(PAGE)
                if not self._go_on():
                    return
            self._done.pictures = count
            self._done.picture_bytes += picture.size_bytes
            if picture.scheduled_at < self._until:
                yield picture

    def _named(self, camera_id: str) -> Iterator[Shot]:
        """A camera's shots that name a picture, ascending."""
        after = None
        while True:
            with self._repository.begin() as unit:
                some = unit.retention.pictured(camera_id, after=after, before=self._until, limit=PAGE)
            yield from some
            if len(some) < PAGE:
                return
            after = some[-1].scheduled_at

    def _delete_orphans(self, suspects: list[Picture]) -> None:
        orphans = self._sorted_out(suspects)
        if not self._is_dry_run:
            self._store.delete([picture.key for picture in orphans])
        self._done.orphans += len(orphans)
        self._done.orphan_bytes += sum(picture.size_bytes for picture in orphans)

    def _sorted_out(self, suspects: list[Picture]) -> list[Picture]:
        """Restore those that only were away; which of the others are orphans."""
        ids = [picture.shot_id for picture in suspects]
        with self._repository.begin() as unit:
            named = unit.retention.pictures_of(ids)
            shown = unit.retention.shown_by_alerts(picture.key for picture in suspects)
            back = unit.retention.forgotten(ids, reason=PICTURE_GONE)
            for picture in suspects:
                if picture.shot_id in back and not self._is_dry_run:
                    unit.retention.restore_picture(picture.shot_id, picture.key)
        self._done.restored += len(back)
        unnamed = [each for each in suspects if each.shot_id not in back and each.key not in named | shown]
        orphans = [each for each in unnamed if self._with_strangers or each.camera_id in self._cameras]
        self._done.strangers += len(unnamed) - len(orphans)
        return orphans

    def _mark_gone(self, suspects: list[Shot]) -> None:
        gone = [shot.id for shot in suspects if not self._is_stored(shot.image_key or "")]
        if gone and not self._is_dry_run:
            with self._repository.begin() as unit:
                unit.retention.forget_pictures(gone, reason=PICTURE_GONE)
        self._done.gone += len(gone)

    def _is_stored(self, key: str) -> bool:
        return any(found == key for found in self._store.list(key))

    def _settle_lost(self, camera_id: str, *, before: datetime) -> None:
        """The analyzer counts them: it does so once, however often it is told."""
        while self._go_on():
            with self._repository.begin() as unit:
                lost = unit.shots.list(camera_id=camera_id, before=before, outcomes=[Outcome.TAKEN], limit=PAGE)
            for shot in () if self._is_dry_run else lost:
                self._broker.publish(SHOTS, encode(replace(shot, outcome=Outcome.EXPIRED, reason=JOB_LOST)))
            self._done.lost += len(lost)
            if len(lost) < PAGE:
                return
            before = lost[-1].scheduled_at


def _unpaired(stored: Iterator[Picture], named: Iterator[Shot]) -> Iterator[Picture | Shot]:
    """What only one of both has; each must be ascending by key, else more is told than that."""
    both: Iterator[Picture | Shot] = heapq.merge(stored, named, key=_key)
    for _same, found in itertools.groupby(both, key=_key):
        first, *others = found
        if not others:
            yield first


def _key(each: Picture | Shot) -> str:
    return each.key if isinstance(each, Picture) else each.image_key or ""


def _is_old(picture: Picture, until: datetime) -> bool:
    return max(picture.scheduled_at, picture.stored_at) < until  # a spool delivers late
