"""When a camera's shots are due: the same moments for every grabber, whoever holds the camera."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from common.domain.camera import Camera

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)  # slots lie on whole milliseconds: a shot's id holds them exactly


def next_slot(camera: Camera, at: datetime) -> datetime:
    """The first slot at or after `at`.

    Slots are `interval_seconds` apart on the wall clock, moved by a phase that depends on the camera's id alone, so
    that many cameras of one interval do not all fall due at once.
    """
    interval = max(1, round(camera.interval_seconds * 1000))
    phase = int.from_bytes(blake2b(camera.id.encode(), digest_size=8).digest(), "big") % interval
    now = -((EPOCH - at) // MILLISECOND)  # rounded up
    return EPOCH + MILLISECOND * (phase + -(-(now - phase) // interval) * interval)


def due_slots(camera: Camera, *, after: datetime, until: datetime) -> list[datetime]:
    """The slots in (after, until] that the camera's schedule asks for."""
    slots = []
    slot = next_slot(camera, after + MILLISECOND)
    while slot <= until:
        if is_due(camera, slot):
            slots.append(slot)
        slot = next_slot(camera, slot + MILLISECOND)
    return slots


def is_due(camera: Camera, slot: datetime) -> bool:
    """Whether the camera's schedule asks for a shot then."""
    return camera.schedule is None or camera.schedule.is_active(slot)
