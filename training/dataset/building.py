"""What is built once and then kept in a cache: under which name, and by one process at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common.adapters.file_lock import FileLock

LOOK_SECONDS = 0.5  # between two looks at somebody else's lock: what is waited for takes minutes


def content_key(settings: Iterable[object], files: Iterable[Path]) -> str:
    """Twelve hexadecimal digits that change with the settings and with what the files hold; a missing file counts, too.

    Pictures are known by the label files that name them: to read them all would take as long as to build anew.
    """
    digest = hashlib.sha256(" ".join(map(str, settings)).encode())
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"missing")
    return digest.hexdigest()[:12]


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
