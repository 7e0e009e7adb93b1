"""A bounded folder of parcels that wait for the store or the broker; it survives the process."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import structlog

from common.errors import MalformedMessage, Unavailable
from common.metrics import SPOOL_BYTES
from grabber.parcel import Parcel

log = structlog.get_logger(__name__)

SUFFIX = ".parcel"


class Spool:
    """First in, first out; thread-safe; one process per folder.

    Over its bound the oldest pictures go first: of each stays a small parcel that says it failed. Only when even
    those fill the bound are they dropped, and logged.
    """

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        """Take up what lies in `folder` from an earlier run."""
        self._folder = folder
        self._limit = limit_bytes
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        for torn in folder.glob("*.part"):
            torn.unlink()
        self._sizes = {path.name: path.stat().st_size for path in sorted(folder.glob(f"*{SUFFIX}"))}
        self._pictured = [name for name in self._sizes if self._has_picture(name)]
        self._next = int(max(self._sizes, default="0").removesuffix(SUFFIX)) + 1
        self._reported = 0
        self._report()

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def size_bytes(self) -> int:
        """Of everything that waits."""
        return sum(self._sizes.values())

    def add(self, parcel: Parcel) -> None:
        """Keep the parcel on disk. Raises Unavailable when the disk does not take it."""
        with self._lock:
            name = f"{self._next:012d}{SUFFIX}"
            self._next += 1
            self._write(name, parcel)
            if parcel.jpeg:
                self._pictured.append(name)
            try:
                self._shrink()
            except Unavailable as exc:  # the parcel is safe all the same; the next one tries again
                log.error("spool.over_bound", bytes=self.size_bytes, error=str(exc))
            self._report()

    def first(self) -> tuple[str, Parcel] | None:
        """The oldest parcel and its name; it stays until `remove` or `replace`. What is none is dropped, and logged.

        Raises Unavailable when the disk does not give it now; the next call tries the next one.
        """
        with self._lock:
            while (name := next(iter(self._sizes), None)) is not None:
                try:
                    parcel = self._read(name)
                except Unavailable:
                    self._sizes[name] = self._sizes.pop(name)  # the fault may be this file's alone
                    raise
                if parcel is not None:
                    return name, parcel
            return None

    def remove(self, name: str) -> None:
        """It was delivered."""
        with self._lock:
            self._forget(name)
            self._report()

    def replace(self, name: str, parcel: Parcel) -> None:
        """A part of it was delivered; `parcel` is the rest."""
        with self._lock:
            if name in self._sizes:
                self._write(name, parcel)
                self._report()

    def close(self) -> None:
        """What still waits in it is no longer this process's to report."""
        with self._lock:
            self._sizes, self._pictured = {}, []
            self._report()

    def _read(self, name: str) -> Parcel | None:
        """None when it is no parcel, or gone: then it is forgotten, since trying again changes nothing."""
        try:
            return Parcel.from_bytes((self._folder / name).read_bytes())
        except (FileNotFoundError, MalformedMessage) as exc:
            log.error("spool.unreadable", parcel=name, error=str(exc))
            self._forget(name)
            return None
        except OSError as exc:
            raise Unavailable(f"the spool {self._folder} cannot be read: {exc.strerror}") from exc

    def _write(self, name: str, parcel: Parcel) -> None:
        path, part = self._folder / name, self._folder / f"{name}.part"
        data = parcel.to_bytes()
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as exc:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise Unavailable(f"the spool {self._folder} takes no more: {exc.strerror}") from exc
        self._sizes[name] = len(data)

    def _shrink(self) -> None:
        while self.size_bytes > self._limit and self._pictured:
            name = self._pictured.pop(0)
            if name not in self._sizes:
                continue
            try:
                self._drop_picture(name)
            except Unavailable:
                self._pictured.append(name)  # not this one first again: the fault may be its file's alone
                raise
        while self.size_bytes > self._limit and self._sizes:
            name = next(iter(self._sizes))
            log.error("spool.lost", parcel=name)
            self._forget(name)

    def _drop_picture(self, name: str) -> None:
        parcel = self._read(name)
        if parcel is not None and parcel.jpeg:
            log.warning("spool.full", snapshot_id=parcel.shot.id, camera_id=parcel.shot.camera_id)
            self._write(name, parcel.given_up())

    def _forget(self, name: str) -> None:
        self._sizes.pop(name, None)
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as exc:  # delivered again at the next start, where it changes nothing
            log.error("spool.not_removed", parcel=name, error=str(exc))

    def _has_picture(self, name: str) -> bool:
        try:
            with (self._folder / name).open("rb") as file:
                file.readline()
                return bool(file.read(1))
        except OSError:  # it is looked at again when it is needed
            return True

    def _report(self) -> None:
        size = self.size_bytes
        SPOOL_BYTES.inc(size - self._reported)  # not set: a spool that another left may be open beside
        self._reported = size
