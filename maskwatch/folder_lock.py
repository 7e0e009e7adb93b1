"""One process per data folder: two would grab the same cameras and neither would know."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import Conflict


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets go when the process ends, however it ends.

    Raises Conflict when another process holds it.
    """
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            file.seek(0)
            raise Conflict(f"{folder} is in use by another maskwatch (process {file.read().strip()})") from exc
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
