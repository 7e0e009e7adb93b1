"""Removes what is older, cleaner or more than is to be kept. Statistics are never touched."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from analyzer.upkeep.feedback import forget_feedback
from analyzer.upkeep.pages import PAGE, GoOn, OnProgress, Picture, crops, pages, pictures
from analyzer.upkeep.policy import KEPT_AT_LEAST, Limits, Policy, Reason, aged_before, reason_to_go
from analyzer.upkeep.space import Space
from common.domain.camera import Camera
from common.domain.crop import CROPS
from common.domain.shot import PICTURES
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository, Unit
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Removed:
    """What went, or would go."""

    alerts: int = 0
    shots: int = 0  # rows, each with its prediction
    feedback: int = 0  # what people said of faces, with the crops
    audit: int = 0  # entries
    crops: int = 0  # faces at fault that were kept beside blurred pictures
    pictures: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))
    picture_bytes: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))

    def add(self, picture: Picture, reason: Reason) -> None:
        """Count one picture."""
        self.pictures[reason] += 1
        self.picture_bytes[reason] += picture.size_bytes


class Retention:
    """One run over everything; safe beside all services and a second run, and again after a crash.

    Rows go before their pictures: what a crash leaves behind is a picture, which the next run finds.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        store: ObjectStore,
        policy: Policy,
        clock: Clock = utc_now,
        is_dry_run: bool = False,
        go_on: GoOn = lambda: True,
        on_progress: OnProgress = lambda _count: None,
    ) -> None:
        """`is_dry_run`: only count. It cannot know the pictures of alerts that the same run would remove."""
        self._repository = repository
        self._store = store
        self._policy = policy
        self._now = clock()
        self._is_dry_run = is_dry_run
        self._go_on = go_on
        self._on_progress = on_progress
        self._removed = Removed()

    def run(self) -> Removed:
        """Remove, and tell what."""
        with self._repository.begin() as unit:
            cameras: dict[str, Camera | None] = dict.fromkeys(unit.retention.camera_ids())
            cameras.update({camera.id: camera for camera in unit.cameras.list()})
            if not self._is_dry_run:
                unit.histories.prune()
        self._remove_alerts()
        self._remove_feedback()
        self._remove_audit()
        space = Space()
        for camera_id, camera in cameras.items():
            aged = aged_before(camera, self._now)
            self._remove_shots(camera_id, aged)
            self._remove_pictures(camera_id, self._limits(aged), space)
        self._remove_excess(cameras, space)
        self._remove_crops()
        log.info("retention.done", **_told(self._removed), dry_run=self._is_dry_run)
        return self._removed

    def _remove_alerts(self) -> None:
        if self._policy.keep_alerts is None:
            return
        before = self._now - self._policy.keep_alerts
        self._removed.alerts = self._remove_rows(
            count=lambda unit: unit.retention.count_alerts(before=before),
            remove=lambda unit: unit.retention.remove_alerts(before=before, limit=PAGE),
        )

    def _remove_feedback(self) -> None:
        if self._policy.keep_feedback is None:
            return
        self._removed.feedback = forget_feedback(
            self._repository,
            self._store,
            before=self._now - self._policy.keep_feedback,
            is_dry_run=self._is_dry_run,
            go_on=self._go_on,
        )

    def _remove_crops(self) -> None:
        """All are listed: they are few, since few people are at fault and none is kept for long."""
        before = self._now - self._policy.keep_crops
        for page in pages(crops(self._store, CROPS), self._go_on):
            old = [crop.key for crop in page if crop.scheduled_at < before]
            if not self._is_dry_run:
                self._store.delete(old)
            self._removed.crops += len(old)

    def _remove_audit(self) -> None:
        if self._policy.keep_audit is None:
            return
        before = self._now - self._policy.keep_audit
        self._removed.audit = self._remove_rows(
            count=lambda unit: unit.audit.count(before=before),
            remove=lambda unit: unit.audit.remove(before=before, limit=PAGE),
        )

    def _remove_shots(self, camera_id: str, before: datetime) -> None:
        self._removed.shots += self._remove_rows(
            count=lambda unit: unit.retention.count_shots(camera_id, before=before),
            remove=lambda unit: unit.retention.remove_shots(camera_id, before=before, limit=PAGE),
        )

    def _remove_rows(self, *, count: Callable[[Unit], int], remove: Callable[[Unit], int]) -> int:
        if self._is_dry_run:
            with self._repository.begin() as unit:
                return count(unit)
        total = 0
        while self._go_on():
            with self._repository.begin() as unit:
                some = remove(unit)
            total += some
            if some < PAGE:
                break
        return total

    def _limits(self, aged: datetime) -> Limits:
        clean = self._policy.keep_clean
        return Limits(aged_before=aged, clean_before=None if clean is None else self._now - max(clean, KEPT_AT_LEAST))

    def _remove_pictures(self, camera_id: str, limits: Limits, space: Space) -> None:
        """Those of one camera that are too old, or clean; what stays takes space, if that is limited."""
        until = max(limits.aged_before, limits.clean_before or limits.aged_before)
        is_measured = self._policy.limit_bytes is not None
        for page in self._pages(camera_id, until=None if is_measured else until):
            shown, staying = self._remove_from(page, limits)
            for picture in staying if is_measured else ():
                is_removable = picture.key not in shown and self._now - picture.scheduled_at > KEPT_AT_LEAST
                space.add(picture.scheduled_at, picture.size_bytes, is_removable=is_removable)

    def _remove_excess(self, cameras: dict[str, Camera | None], space: Space) -> None:
        limit = self._policy.limit_bytes
        over = None if limit is None else space.over_before(limit)
        if over is None:
            return
        over = min(over, self._now - KEPT_AT_LEAST)
        for camera_id, camera in cameras.items():
            limits = replace(self._limits(aged_before(camera, self._now)), over_before=over)
            for page in self._pages(camera_id, until=over):
                self._remove_from(page, limits, only=Reason.SIZE)  # in a dry run the others are still there

    def _pages(self, camera_id: str, *, until: datetime | None) -> Iterator[list[Picture]]:
        found: Iterator[Picture] = pictures(self._store, f"{PICTURES}{camera_id}/")
        if until is not None:  # they come in the order of time: what is younger is never listed
            found = itertools.takewhile(lambda picture: picture.scheduled_at < until, found)
        return pages(found, self._go_on)

    def _remove_from(
        self, page: list[Picture], limits: Limits, *, only: Reason | None = None
    ) -> tuple[set[str], list[Picture]]:
        """Remove of a page what is to go; the keys of what must stay, and all that stays."""
        with self._repository.begin() as unit:
            shown = _shown(unit, page)
            faultless = self._faultless(unit, page, limits)
            limits = replace(limits, shown=shown, faultless=faultless)
            judged = [(picture, reason_to_go(picture, limits)) for picture in page]
            going = [(picture, reason) for picture, reason in judged if reason and reason is (only or reason)]
            if going and not self._is_dry_run:
                unit.retention.forget_pictures(picture.shot_id for picture, _ in going)
        if not self._is_dry_run:
            self._store.delete([picture.key for picture, _ in going])
        for picture, reason in going:
            self._removed.add(picture, reason)
        self._on_progress(len(page))
        return shown, [picture for picture, reason in judged if reason is None]

    def _faultless(self, unit: Unit, page: list[Picture], limits: Limits) -> set[str]:
        before = limits.clean_before
        if before is None:
            return set()
        return unit.retention.without_fault(picture.shot_id for picture in page if picture.scheduled_at < before)


def _shown(unit: Unit, page: list[Picture]) -> set[str]:
    """The keys that an alert shows, or that an open event will show should it fire."""
    awaited = {event.snapshot_id for event in unit.events.open()}
    shown = unit.retention.shown_by_alerts(picture.key for picture in page)
    return shown | {picture.key for picture in page if picture.shot_id in awaited}


def _told(removed: Removed) -> dict[str, int]:
    return {
        "alerts": removed.alerts,
        "shots": removed.shots,
        "feedback": removed.feedback,
        "audit": removed.audit,
        "crops": removed.crops,
        "pictures": sum(removed.pictures.values()),
        "picture_bytes": sum(removed.picture_bytes.values()),
    }
