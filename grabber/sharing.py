"""Which grabber takes which camera: each works it out alone, and all come to the same answer.

Rendezvous hashing (Thaler and Ravishankar 1998): a hash of camera and member ranks the members for each camera. The
camera goes to the first of them that has room, as in Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with
Bounded Loads" (arXiv:1608.01350): nobody takes more once it carries SLACK times the mean. Hashes alone would leave the
busiest of 200 grabbers 1.6 times the mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

GROUP = "grabbers"
SLACK_PERCENT = 110  # of the mean: less is fairer, and moves more cameras at every change
STEP = 20  # the bound grows in steps of a twentieth: one camera more or less rarely changes it
AT_ONCE = 1000  # cameras ranked at once: bounds the memory, 8 bytes for each of them and each member

Hashes = NDArray[np.uint64]


def lease_name(camera_id: str) -> str:
    """The lease that a grabber must hold to take shots of the camera."""
    return f"camera/{camera_id}"


class Sharing:
    """One replica's share; it is worked out again only when something changed."""

    def __init__(self, replica: str) -> None:
        self._replica = replica
        self._asked: tuple[dict[str, int], frozenset[str]] = ({}, frozenset())
        self._share: frozenset[str] = frozenset()

    def share(self, costs: Mapping[str, int], *, members: Collection[str]) -> frozenset[str]:
        """The cameras that fall to this replica among the members alive; see `assign`."""
        asked = (dict(costs), frozenset(members))
        if asked != self._asked:
            owners = assign(costs, members)
            self._share = frozenset(camera_id for camera_id, owner in owners.items() if owner == self._replica)
            self._asked = asked
        return self._share


def assign(costs: Mapping[str, int], members: Collection[str]) -> dict[str, str]:
    """The member that takes each camera; nothing without members.

    `costs`: per camera, in any unit, not negative. A member carries less than `bound` plus its last camera. Whole
    numbers only: a sum of fractions depends on its order and on the machine, and replicas must not differ.
    """
    names, camera_ids = sorted(members), sorted(costs)
    if not names:
        return {}
    limit = bound(sum(costs.values()), members=len(names))
    loads = [0] * len(names)
    has_room = np.ones(len(names), np.bool_)
    owners = {}
    for camera_id, ranks in zip(camera_ids, _ranked(camera_ids, names), strict=True):
        first = int(ranks.argmax())
        if not has_room[first]:
            first = int(np.where(has_room, ranks, 0).argmax())
        loads[first] += costs[camera_id]
        has_room[first] = loads[first] < limit
        owners[camera_id] = names[first]
    return owners


def bound(total: int, *, members: int) -> int:
    """Whoever carries so much takes no more. It is above the mean, so there is always somebody with room."""
    limit = 1
    while limit * members * 100 < total * SLACK_PERCENT:
        limit += max(1, limit // STEP)
    return limit


def _ranked(camera_ids: Sequence[str], names: Sequence[str]) -> Iterator[Hashes]:
    """For each camera a hash per member; the greatest comes first."""
    members = _hashes(names)
    for start in range(0, len(camera_ids), AT_ONCE):
        yield from _mixed(_hashes(camera_ids[start : start + AT_ONCE])[:, np.newaxis] ^ members)


def _hashes(names: Sequence[str]) -> Hashes:
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def _mixed(numbers: Hashes) -> Hashes:
    """SplitMix64's last step (Steele, Lea and Flood 2014): two million hashes by blake2b would take seconds."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
