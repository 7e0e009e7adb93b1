"""A scheduled shot of a camera: it ends in exactly one counted outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a scheduled shot. TAKEN is on its way; every other one is final."""

    TAKEN = "taken"  # stored and queued, not yet predicted
    SKIPPED = "skipped"  # not attempted (reason: the last shot still ran, overload, …)
    REJECTED = "rejected"  # the quality gate refused the picture
    FAILED = "failed"  # no picture, or it could not be stored (reason: the error's code)
    PREDICTED = "predicted"
    EXPIRED = "expired"  # its job was older than its freshness limit
    DEAD_LETTERED = "dead_lettered"  # its job failed for good (reason: the error's code)

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self is not Outcome.TAKEN

    @property
    def is_of_job(self) -> bool:
        """Whether it is what became of a job. Nothing else follows TAKEN: who says so did not know of the picture."""
        return self in (Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED)


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One slot of one camera. A shot that was taken is a snapshot: it has a picture in the object store."""

    id: str  # camera and slot, see `shot_id`; also the snapshot's id
    camera_id: str
    scheduled_at: datetime
    outcome: Outcome
    reason: str = ""
    captured_at: datetime | None = None  # when the picture was received; None where none was
    image_key: str | None = None  # in the object store
    width: int = 0  # pixels
    height: int = 0


PICTURES = "snapshots/"  # every snapshot's key begins so
BLURRED = ".blurred"
_KEY = re.compile(
    rf"{PICTURES}([^/]+)/\d{{4}}/\d\d/\d\d/(\1-(\d{{1,14}}))(?:\.(\d{{1,18}}))?({re.escape(BLURRED)})?\.jpg"
)


def shot_id(camera_id: str, scheduled_at: datetime) -> str:
    """The same for whoever takes the slot: two grabbers can never make two snapshots of it."""
    return f"{camera_id}-{round(scheduled_at.timestamp() * 1000)}"


def slot_of(shot_id: str) -> datetime | None:
    """When a shot of that id was scheduled, to the millisecond; None for what is no such id."""
    milliseconds = shot_id.rpartition("-")[2]
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC) if milliseconds.isdecimal() else None


def image_key(camera_id: str, scheduled_at: datetime, *, token: int = 0) -> str:
    """Where the picture lies: by camera, then day, so that retention deletes whole prefixes.

    `token`: of the lease under which it was taken; so nobody ever writes over the picture of another. 0: without one.
    """
    day = scheduled_at.astimezone(UTC)
    fence = f".{token}" if token else ""
    return f"{PICTURES}{camera_id}/{day:%Y/%m/%d}/{shot_id(camera_id, scheduled_at)}{fence}.jpg"


def blurred_key(key: str) -> str:
    """Where the same picture lies with its faces blurred: never over the original, so that a crash loses neither."""
    return f"{key.removesuffix('.jpg')}{BLURRED}.jpg"


@dataclass(frozen=True, kw_only=True)
class KeyParts:
    """What a picture's key says of its shot."""

    camera_id: str
    shot_id: str
    scheduled_at: datetime  # to the millisecond
    token: int = 0
    is_blurred: bool = False


def read_image_key(key: str) -> KeyParts | None:
    """The opposite of `image_key`; None for a key that is none of ours."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    at = datetime.fromtimestamp(int(found[3]) / 1000, tz=UTC)
    return KeyParts(
        camera_id=found[1], shot_id=found[2], scheduled_at=at, token=int(found[4] or 0), is_blurred=bool(found[5])
    )


def is_fenced(told: Shot, *, stored: Shot) -> bool:
    """Whether its picture was taken by a grabber that did not know yet that it had lost the camera.

    The one that has it took a picture of the same slot: its lease is the later one.
    """
    return bool(told.image_key) and told.image_key != stored.image_key and _lease(told) < _lease(stored)


def shows_blurred(shot: Shot) -> bool:
    """Whether the picture that it names has its faces blurred."""
    parts = read_image_key(shot.image_key or "")
    return parts is not None and parts.is_blurred


def _lease(shot: Shot) -> int:
    parts = read_image_key(shot.image_key or "")
    return parts.token if parts is not None else 0
