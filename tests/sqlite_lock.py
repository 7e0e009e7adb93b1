"""A SQLite file that nobody else can write: what its users see of a stuck process, and of a full disk."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


class WriteLock:
    """Taken when told to, from any thread, and given back."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def take(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Give it back."""
        self._connection.close()


def open_files_in(folder: Path) -> list[str]:
    """The files in the folder that this process has open, unlinked ones too."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(descriptor)
        except FileNotFoundError:  # the listing's own
            continue
        if target.startswith(f"{folder}/"):
            found.append(target)
    return found
