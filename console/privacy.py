"""What is kept of people, and erasing it."""

from __future__ import annotations

from typing import Any

import structlog

from common.domain.crop import CROPS, read_crop_key
from common.domain.erasure import Erased, Erasure, Stretch
from common.domain.user import Reach
from common.errors import NotFound
from common.ports.repository import Unit
from console.context import Console
from console.erasure_form import ErasureForm
from console.errors import FieldError, InvalidForm
from console.reach import EVERYWHERE, cameras_within

log = structlog.get_logger(__name__)


def request_erasure(console: Console, form: ErasureForm, *, by: str) -> Erasure:
    """Ask for it: upkeep begins within a minute. Raises InvalidForm for a camera that nothing is kept of."""
    now = console.clock()
    with console.repository.begin() as unit:
        erasure = Erasure(
            id=console.new_id(),
            requested_at=now,
            by=by,
            reason=form.reason,
            camera_id=form.camera_id,
            camera=_name(unit, form.camera_id),
            start=form.start,
            end=None if form.end is None else min(form.end, now),
        )
        unit.erasures.save(erasure)
    log.info("erasure.requested", erasure_id=erasure.id, camera_id=erasure.camera_id, user=by)
    return erasure


def preview_erasure(console: Console, form: ErasureForm) -> Erased:
    """What would go if it were asked for now. Raises InvalidForm for a camera that nothing is kept of."""
    now, total = console.clock(), Erased()
    with console.repository.begin() as unit:
        _name(unit, form.camera_id)
        camera_ids = [form.camera_id] if form.camera_id else sorted(unit.erasing.camera_ids())
    for camera_id in camera_ids:  # a unit each: they are to be short
        stretch = Stretch(camera_id=camera_id, start=form.start, end=min(form.end or now, now))
        with console.repository.begin() as unit:
            total += unit.erasing.count(stretch)
        total += Erased(crops=_kept_faces(console, stretch))
    return total


def read_retention(console: Console, *, reach: Reach = EVERYWHERE) -> dict[str, Any]:
    """How long what is kept, and how much there is of each camera within reach."""
    keeping = console.keeping
    with console.repository.begin() as unit:
        cameras = cameras_within(unit, reach)
    kept = {}
    for camera in cameras:
        with console.repository.begin() as unit:
            kept[camera.id] = unit.retention.kept(camera.id)
    return {
        "settings": {
            "clean_days": keeping.clean_days or None,
            "store_megabytes": keeping.store_megabytes or None,
            "alert_days": keeping.alert_days or None,
            "feedback_days": keeping.feedback_days or None,
            "keeps_judged_faces": keeping.keeps_judged_faces,
            "crops_hours": keeping.crops_hours,
            "audit_days": keeping.audit_days or None,
            "follows_looks": keeping.follows_looks,
        },
        "cameras": [
            {
                "id": camera.id,
                "name": camera.name,
                "site": camera.site,
                "retention_days": camera.retention_days,
                "blur_faces": camera.blur_faces,
                "shots": kept[camera.id].shots,
                "oldest_at": kept[camera.id].oldest_at,
            }
            for camera in cameras
        ],
    }


def _name(unit: Unit, camera_id: str) -> str:
    """Of the camera: empty for all, or for one that was removed and of which something is left."""
    try:
        return unit.cameras.get(camera_id).name if camera_id else ""
    except NotFound:
        if camera_id in unit.erasing.camera_ids():
            return ""
        raise InvalidForm([FieldError(field="camera_id", message="nothing is kept of such a camera")]) from None


def _kept_faces(console: Console, stretch: Stretch) -> int:
    found = (read_crop_key(key) for key in console.store.list(f"{CROPS}{stretch.camera_id}/"))
    return sum(1 for crop in found if crop is not None and stretch.includes(crop.scheduled_at))


def erasure_json(erasure: Erasure) -> dict[str, Any]:
    """An entry of the ledger; without `end` it is until the moment of the request, without a camera of all."""
    return {
        "id": erasure.id,
        "requested_at": erasure.requested_at,
        "by": erasure.by,
        "reason": erasure.reason,
        "camera_id": erasure.camera_id or None,
        "camera": erasure.camera or None,
        "start": erasure.start,
        "end": erasure.end,
        "state": erasure.state.value,
        "gone": erased_json(erasure),
        "finished_at": erasure.finished_at,
    }


def erased_json(gone: Erased | Erasure) -> dict[str, int]:
    """How much."""
    return {
        "snapshots": gone.snapshots,
        "pictures": gone.pictures,
        "crops": gone.crops,
        "sightings": gone.sightings,
        "alerts": gone.alerts,
    }
