"""What is built once and then kept in a cache is built by one process at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.adapters.file_lock import FileLock

LOOK_SECONDS = 0.5  # between two looks at somebody else's lock: what is waited for takes minutes


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`; wait while another process does, as the other ones that torchrun started do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    while not lock.acquire():
        time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        lock.release()
