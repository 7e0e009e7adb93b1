"""A lock that the kernel gives back when its holder dies, however it dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class FileLock:
    """Exclusive among processes, and among locks of one process; never waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """By this object."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Take it unless somebody else has it; whether it is held now."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(descriptor)
            if isinstance(exc, BlockingIOError):
                return False
            raise
        self._descriptor = descriptor
        return True

    def release(self, *, unlink: bool = False) -> None:
        """Give it back; with `unlink` the file goes too: only where nobody else waits for this very path."""
        if self._descriptor is None:
            return
        if unlink:
            with contextlib.suppress(OSError):  # on a broken disk the file stays: litter, but nobody's lock
                self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
