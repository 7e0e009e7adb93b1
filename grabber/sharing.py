"""Which grabber takes which camera: each works it out alone, and all come to the same answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b

GROUP = "grabbers"


def lease_name(camera_id: str) -> str:
    """The lease that a grabber must hold to take shots of the camera."""
    return f"camera/{camera_id}"


def share(camera_ids: Iterable[str], *, replica: str, members: Collection[str]) -> set[str]:
    """The cameras that fall to `replica` among the members alive."""
    return {camera_id for camera_id in camera_ids if chosen(camera_id, members) == replica}


def chosen(camera_id: str, members: Collection[str]) -> str | None:
    """The member with the highest weight (rendezvous hashing, Thaler and Ravishankar 1998); None without members.

    When a member goes, only its cameras move; when one comes, it takes an equal part from each.
    """
    return max(sorted(members), key=lambda member: _weight(camera_id, member), default=None)


def _weight(camera_id: str, member: str) -> bytes:
    return blake2b(f"{member}\0{camera_id}".encode(), digest_size=8).digest()
