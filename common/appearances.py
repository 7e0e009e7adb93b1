"""What people look like at the moment: enough to know them again in the next pictures. Kept for minutes.

An appearance is int8 [32]: FEATURES numbers of the classifier's features, turned so that they differ between people and
hardly from one picture of somebody to the next, of unit length times 127; then COLOURS numbers, L*, a*, b* of the hair,
of the shoulder on the picture's left and of that on its right, as `model_api.appearance` scales them. It lies in
Coordination, in no message and in no database, and is forgotten before anybody could ask for it tomorrow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from common.ports.coordination import Coordination

FEATURES, COLOURS = 23, 9
LENGTH = FEATURES + COLOURS  # bytes
KEPT_SECONDS = 300.0  # longer than a picture may come late and still be told


def remember(coordination: Coordination, snapshot_id: str, appearances: Sequence[bytes]) -> None:
    """Keep those of a snapshot's faces, in the order of its prediction. Raises Unavailable."""
    coordination.put(_key(snapshot_id), b"".join(appearances), ttl=KEPT_SECONDS)


def recall(coordination: Coordination, snapshot_ids: Collection[str]) -> dict[str, tuple[bytes, ...]]:
    """Those that are still kept, by snapshot. Raises Unavailable."""
    wanted = sorted(snapshot_ids)
    found = coordination.get_many([_key(snapshot_id) for snapshot_id in wanted])
    return {snapshot_id: _cut(kept) for snapshot_id, kept in zip(wanted, found, strict=True) if kept}


def _key(snapshot_id: str) -> str:
    return f"appearance:{snapshot_id}"


def _cut(kept: bytes) -> tuple[bytes, ...]:
    return tuple(kept[start : start + LENGTH] for start in range(0, len(kept), LENGTH))
