"""What a shot leaves behind: maybe a picture for the store, and messages for the broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from common.domain.camera import Camera
from common.domain.job import Job
from common.domain.shot import Outcome, Shot
from common.errors import LeaseLost, MalformedMessage
from common.messages import JOBS, SHOTS, decode, encode
from grabber.picture import Picture

SPOOL_FULL = "spool_full"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is still to be delivered of one shot, in this order: the picture, then the messages."""

    shot: Shot
    jpeg: bytes = field(default=b"", repr=False)  # empty: there is none, or it is stored already
    messages: tuple[tuple[str, bytes], ...]  # queue and body
    # Whether the camera is still ours; True for what waited on disk, since it was when it came there.
    is_ours: Callable[[], bool] = field(default=lambda: True, repr=False, compare=False)

    def check_ours(self) -> None:
        """Raise LeaseLost when somebody else may have the camera by now, and counts this slot."""
        if not self.is_ours():
            raise LeaseLost(f"{self.shot.id}: the camera's lease ran out while the shot was on its way")

    def without_first(self, count: int) -> Parcel:
        """The rest once the picture and so many messages are delivered."""
        return replace(self, jpeg=b"", messages=self.messages[count:])

    def given_up(self) -> Parcel:
        """What is left to say when its picture had to be dropped."""
        shot = replace(self.shot, outcome=Outcome.FAILED, reason=SPOOL_FULL, image_key=None)
        return Parcel(shot=shot, messages=((SHOTS, encode(shot)),))

    def to_bytes(self) -> bytes:
        """One line of JSON, then the picture."""
        messages = [[queue, body.decode()] for queue, body in self.messages]
        return json.dumps({"shot": encode(self.shot).decode(), "messages": messages}).encode() + b"\n" + self.jpeg

    @staticmethod
    def from_bytes(data: bytes) -> Parcel:
        """The opposite of `to_bytes`; raises MalformedMessage."""
        head, found, jpeg = data.partition(b"\n")
        try:
            fields = json.loads(head)
            messages = tuple((str(queue), str(body).encode()) for queue, body in fields["messages"])
            shot = decode(Shot, fields["shot"].encode())
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise MalformedMessage(f"not a parcel: {head[:80]!r}") from exc
        if not found:
            raise MalformedMessage("a parcel cut short")
        return Parcel(shot=shot, jpeg=jpeg, messages=messages)


def taken(camera: Camera, shot: Shot, picture: Picture, *, freshness: timedelta) -> Parcel:
    """The parcel of a snapshot: its picture, its job, and its shot. `shot` carries the picture's key."""
    job = Job(
        snapshot_id=shot.id,
        camera_id=camera.id,
        scheduled_at=shot.scheduled_at,
        captured_at=picture.captured_at,
        expires_at=picture.captured_at + freshness,
        image_key=shot.image_key or "",
        width=picture.width,
        height=picture.height,
        blur_faces=camera.blur_faces,
    )
    return Parcel(shot=shot, jpeg=picture.jpeg, messages=((JOBS, encode(job)), (SHOTS, encode(shot))))


def not_taken(shot: Shot) -> Parcel:
    """The parcel of a shot without a snapshot."""
    return Parcel(shot=shot, messages=((SHOTS, encode(shot)),))
