"""Pictures in a folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from common.adapters.stores.keys import checked
from common.errors import InvalidInput, NotFound, Unavailable
from common.ports.store import StoredObject

_UNFINISHED = ".unfinished-"  # no key's name starts so: what a crash leaves behind is never listed


class FolderStore:
    """See common/ports/store.py. A key is the path of its file below the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def from_url(cls, url: str) -> FolderStore:
        """`file:///folder`: an absolute path as it stands, nothing in it is decoded."""
        path = url.removeprefix("file://")
        if not path.startswith("/"):
            raise InvalidInput(f"{url!r}: expected file:///absolute/path")
        return cls(Path(path))

    def put(self, key: str, data: bytes, *, content_type: str = "image/jpeg") -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
        except FileNotFoundError:  # somebody deleted the last picture, and the folder, in between
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)
            except OSError as exc:
                raise self._unavailable(exc) from exc
        except OSError as exc:
            raise self._unavailable(exc) from exc

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as exc:
            raise NotFound(f"no picture {key!r}") from exc
        except OSError as exc:
            raise self._unavailable(exc) from exc

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self._path(key)
            try:
                path.unlink(missing_ok=True)
            except (NotADirectoryError, IsADirectoryError):
                continue
            except OSError as exc:
                raise self._unavailable(exc) from exc
            self._prune(path.parent)

    def list(self, prefix: str = "") -> Iterator[str]:
        try:
            yield from self._walk(self._folder, "", prefix)
        except OSError as exc:
            raise self._unavailable(exc) from exc

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        for key in self.list(prefix):
            try:
                found = (self._folder / key).stat()
            except (FileNotFoundError, NotADirectoryError):  # deleted meanwhile
                continue
            except OSError as exc:
                raise self._unavailable(exc) from exc
            modified_at = datetime.fromtimestamp(found.st_mtime, tz=UTC)
            yield StoredObject(key=key, size_bytes=found.st_size, modified_at=modified_at)

    def check(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder, prefix=_UNFINISHED) as file:
                file.write(b"ok")
        except OSError as exc:
            raise self._unavailable(exc) from exc

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, key: str) -> Path:
        if checked(key).rpartition("/")[2].startswith(_UNFINISHED):
            raise InvalidInput(f"{key!r}: a picture's name may not start with {_UNFINISHED}")
        return self._folder / key

    def _walk(self, folder: Path, at: str, prefix: str) -> Iterator[str]:
        # Sorted as if a folder's name ended in "/", so that whole keys come in ascending order.
        try:
            with os.scandir(folder) as found:
                entries = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in found)
        except FileNotFoundError:
            return
        for name in entries:
            key = at + name
            if name.endswith("/"):
                if key.startswith(prefix) or prefix.startswith(key):
                    yield from self._walk(folder / name, key, prefix)
            elif key.startswith(prefix) and not name.startswith(_UNFINISHED):
                yield key

    def _prune(self, folder: Path) -> None:
        with contextlib.suppress(OSError):  # not empty, or gone already
            while folder != self._folder:
                folder.rmdir()
                folder = folder.parent

    def _unavailable(self, exc: OSError) -> Unavailable:
        return Unavailable(f"the pictures' folder {self._folder} cannot be used: {exc.strerror or exc}")


def _write(path: Path, data: bytes) -> None:
    # Written beside it and renamed: a reader, or a crash, sees the old picture or the new one, never half.
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
