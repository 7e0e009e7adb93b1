"""Pictures that may stay only with their faces blurred, and that nobody found the faces of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from analyzer.upkeep.pages import PAGE, GoOn, Picture, pages, pictures
from common.domain.shot import PICTURES, Shot
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository, Unit
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=30)  # by then a job is predicted or expired; with the time between two runs under an hour
NOT_BLURRED = "not_blurred"  # the reason of a shot that has no other and lost its picture so


def forget_unblurred(
    repository: Repository, store: ObjectStore, *, clock: Clock = utc_now, go_on: GoOn = lambda: True
) -> int:
    """Delete originals of cameras that blur faces which no prediction names; how many.

    Those that rows name, of whatever age; and in the store those of today and yesterday that no row names, such as a
    grabber leaves that dies. A camera that was removed can no longer say: it is treated as one that blurs. Pictures
    that were predicted before the camera was told to blur stay as they are.
    """
    now, gone = clock(), 0
    with repository.begin() as unit:
        blurs = {camera.id: camera.blur_faces for camera in unit.cameras.list()}
        known = {*blurs, *unit.retention.camera_ids()}
    for camera_id in sorted(each for each in known if blurs.get(each, True)):
        for page in pages(_left_behind(store, camera_id, now=now), go_on):
            gone += _drop(repository, store, page)
        while go_on():
            with repository.begin() as unit:
                shots = unit.retention.unpredicted(camera_id, before=now - PATIENCE, limit=PAGE)
                unit.retention.forget_pictures((shot.id for shot in shots), reason=NOT_BLURRED)
            store.delete(_keys(shots))
            gone += len(shots)
            if len(shots) < PAGE:
                break
    if gone:
        log.info("unblurred.removed", pictures=gone)
    return gone


def _left_behind(store: ObjectStore, camera_id: str, *, now: datetime) -> Iterable[Picture]:
    for day in (now - timedelta(days=1), now):
        for picture in pictures(store, f"{PICTURES}{camera_id}/{day:%Y/%m/%d}/"):
            if not picture.is_blurred and max(picture.scheduled_at, picture.stored_at) < now - PATIENCE:
                yield picture


def _drop(repository: Repository, store: ObjectStore, page: list[Picture]) -> int:
    with repository.begin() as unit:
        kept = _predicted(unit, page)
        named = unit.retention.pictures_of(picture.shot_id for picture in page)
        going = [picture for picture in page if picture.key not in kept]
        unit.retention.forget_pictures(
            (picture.shot_id for picture in going if picture.key in named), reason=NOT_BLURRED
        )
    store.delete([picture.key for picture in going])
    return len(going)


def _predicted(unit: Unit, page: list[Picture]) -> set[str]:
    found = unit.predictions.get_many(picture.shot_id for picture in page)
    return {prediction.image_key for prediction in found.values()}


def _keys(shots: Iterable[Shot]) -> list[str]:
    return [shot.image_key for shot in shots if shot.image_key]
