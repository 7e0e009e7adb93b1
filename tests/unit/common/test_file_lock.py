"""Locks that end with their holder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_lock import open_files_in

from common.adapters.file_lock import FileLock


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    assert not first.is_held
    second.release(unlink=True)
    assert list(tmp_path.iterdir()) == []


def test_it_is_given_back_even_where_its_file_cannot_be_removed(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    (tmp_path / "lock").unlink()
    (tmp_path / "lock").mkdir()
    lock.release(unlink=True)
    assert not lock.is_held
    assert open_files_in(tmp_path) == []


def test_a_lock_that_cannot_be_had_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int, _operation: int) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr("fcntl.flock", fail)
    with pytest.raises(OSError, match="no locks"):
        FileLock(tmp_path / "lock").acquire()
    assert open_files_in(tmp_path) == []
