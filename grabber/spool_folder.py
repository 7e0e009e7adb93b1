"""A spool folder of one's own under a shared root."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

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
    """The first free folder of root/0, root/1, …: a grabber that starts again finds what it left, whatever its name.

    A process id is part of most replicas' names, so the name cannot lead back to the folder; a lock that the kernel
    drops with its process can.
    """
    number = 0
    while True:
        path = root / str(number)
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            number += 1
            continue
        return ClaimedFolder(path=path, lock=descriptor)
