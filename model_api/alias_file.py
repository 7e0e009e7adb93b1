"""The aliases on disk: read by every process that serves, written by one at a time, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from common.adapters.file_lock import FileLock
from common.errors import Conflict, InvalidInput
from model_api.aliases import Aliases
from model_api.errors import BrokenAliases

Stamp = tuple[int, int, int]  # inode, bytes, time of change in ns: another one means another content


class AliasFile:
    """`aliases.json`; where it is absent nothing was chosen."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Aliases:
        """What it says. Raises BrokenAliases when it is damaged or cannot be read."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return Aliases()
        except OSError as exc:
            raise BrokenAliases(f"{self.path} cannot be read: {exc.strerror}") from exc
        try:
            return Aliases.model_validate_json(content)
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise BrokenAliases(f"{self.path} is damaged: {f'{where}: ' if where else ''}{first['msg']}") from exc

    def stamp(self) -> Stamp | None:
        """Changes whenever the file does; None where it is absent."""
        try:
            state = self.path.stat()
        except OSError:
            return None
        return state.st_ino, state.st_size, state.st_mtime_ns

    def change(self, edit: Callable[[Aliases], Aliases]) -> Aliases:
        """Read, edit, write; what was written.

        Raises Conflict while another process changes it, InvalidInput where it cannot be written, and what `edit` does.
        """
        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not lock.acquire():
                raise Conflict(f"another process is changing {self.path}: try again")
            try:
                edited = edit(self.read())
                self._write(edited.model_dump_json(indent=2, by_alias=True).encode() + b"\n")
            finally:
                lock.release()
        except OSError as exc:
            raise InvalidInput(
                f"cannot write {self.path}: {exc.strerror}; MASKWATCH_ALIASES names another place for the aliases"
            ) from exc
        return edited

    def _write(self, content: bytes) -> None:
        """Beside it first, then in its place: a reader sees the old file or the new one, after a power cut, too."""
        new = self.path.with_name(f"{self.path.name}.new")
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
