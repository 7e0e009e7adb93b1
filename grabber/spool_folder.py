"""A spool folder of one's own under a shared root."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from grabber.spool import SUFFIX, Spool

log = structlog.get_logger(__name__)

LOCK = "lock"


@dataclass(frozen=True, kw_only=True)
class ClaimedFolder:
    """A folder that no other process uses until `release`, or until this process dies."""

    path: Path
    lock: int  # file descriptor

    def release(self) -> None:
        """Let others have it, with what it holds."""
        os.close(self.lock)


def claim_folder(root: Path) -> ClaimedFolder:
    """Of the free folders root/0, root/1, … the first in which something waits, else the first.

    A grabber that starts again finds what it left, whatever its name: a process id is part of most replicas' names,
    so the name cannot lead back to the folder; a lock that the kernel drops with its process can.
    """
    return _claim_stranded(root) or _claim_first(root)


@contextmanager
def left_behind(root: Path, *, limit_bytes: int) -> Iterator[Spool | None]:
    """A spool in which something waits and whose grabber is gone, ours until the block ends; None without one."""
    folder = _claim_stranded(root)
    if folder is None:
        yield None
        return
    try:
        with closing(Spool(folder.path, limit_bytes=limit_bytes)) as spool:
            log.info("spool.adopted", folder=str(folder.path), parcels=len(spool))
            yield spool
    finally:
        folder.release()


def _claim_first(root: Path) -> ClaimedFolder:
    number = 0
    while True:
        path = root / str(number)
        path.mkdir(parents=True, exist_ok=True)
        if (folder := _claim(path)) is not None:
            return folder
        number += 1


def _claim_stranded(root: Path) -> ClaimedFolder | None:
    for path in sorted(root.glob("[0-9]*"), key=lambda path: (len(path.name), path.name)):
        if not _has_parcels(path):
            continue
        try:
            folder = _claim(path)
        except OSError as exc:  # another user's
            log.debug("spool.not_claimed", folder=str(path), error=str(exc))
            continue
        if folder is not None:
            if _has_parcels(path):  # its owner may have emptied it just before it let go
                return folder
            folder.release()
    return None


def _has_parcels(path: Path) -> bool:
    return next(path.glob(f"*{SUFFIX}"), None) is not None


def _claim(path: Path) -> ClaimedFolder | None:
    descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(descriptor)
        if not isinstance(exc, BlockingIOError):
            raise
        return None
    return ClaimedFolder(path=path, lock=descriptor)
