"""Long listings a page at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from common.domain.crop import read_crop_key
from common.domain.shot import read_image_key
from common.ports.store import ObjectStore

PAGE = 500  # pictures or rows in one transaction: milliseconds, and fewer than SQLite's variables

GoOn = Callable[[], bool]  # asked between two pages; False: stop here, the next run does the rest
OnProgress = Callable[[int], None]  # so many more pictures were looked at

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A snapshot's picture, or a face that was kept of it, as it lies in the store."""

    key: str
    shot_id: str
    camera_id: str
    scheduled_at: datetime
    size_bytes: int
    stored_at: datetime
    is_blurred: bool = False


def pictures(store: ObjectStore, prefix: str) -> Iterator[Picture]:
    """Those below the prefix, in ascending order; what somebody else put there is left alone."""
    for stored in store.objects(prefix):
        parts = read_image_key(stored.key)
        if parts is not None:
            yield Picture(
                key=stored.key,
                shot_id=parts.shot_id,
                camera_id=parts.camera_id,
                scheduled_at=parts.scheduled_at,
                size_bytes=stored.size_bytes,
                stored_at=stored.modified_at,
                is_blurred=parts.is_blurred,
            )


def crops(store: ObjectStore, prefix: str) -> Iterator[Picture]:
    """The kept faces below the prefix, in ascending order."""
    for stored in store.objects(prefix):
        parts = read_crop_key(stored.key)
        if parts is not None:
            yield Picture(
                key=stored.key,
                shot_id=parts.shot_id,
                camera_id=parts.camera_id,
                scheduled_at=parts.scheduled_at,
                size_bytes=stored.size_bytes,
                stored_at=stored.modified_at,
            )


def pages(items: Iterable[Item], go_on: GoOn) -> Iterator[list[Item]]:
    """Lists of at most PAGE of them, as long as `go_on` says so."""
    remaining = iter(items)
    while go_on() and (page := list(itertools.islice(remaining, PAGE))):
        yield page
