"""What only a folder can suffer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from common.adapters.open import open_store
from common.errors import InvalidInput, Unavailable

FULL = """
import resource, sys
from common.adapters.open import open_store
from common.errors import Unavailable
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # the system then refuses to write, as a full disk does
store = open_store(sys.argv[1])
store.put("small.jpg", b"x" * 1_000)
try:
    store.put("small.jpg", b"y" * 100_000)
except Unavailable as exc:
    print(exc)
"""


def test_a_full_disk_is_unavailable_and_leaves_the_old_picture(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/pictures"
    said = subprocess.run([sys.executable, "-c", FULL, url], capture_output=True, text=True, check=True).stdout
    assert f"{tmp_path}/pictures cannot be used" in said
    assert open_store(url).get("small.jpg") == b"x" * 1_000
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["small.jpg"]


def test_a_file_where_the_folder_should_be_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file")
    store = open_store(f"file://{tmp_path}/pictures")
    with pytest.raises(Unavailable):
        store.check()
    with pytest.raises(Unavailable):
        store.put("a/b.jpg", b"x")


def test_what_a_crash_left_half_written_is_not_listed(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}")
    store.put("a/b.jpg", b"x")
    (tmp_path / "a" / ".unfinished-abc").write_bytes(b"half")
    assert list(store.list()) == ["a/b.jpg"]
    with pytest.raises(InvalidInput):
        store.get("a/.unfinished-abc")


def test_deleting_the_last_picture_removes_its_empty_folders(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/pictures")
    store.put("cam/2026/11/22/1.jpg", b"x")
    store.put("cam/2026/11/21/1.jpg", b"x")
    store.delete(["cam/2026/11/22/1.jpg"])
    assert [path.name for path in (tmp_path / "pictures/cam/2026/11").iterdir()] == ["21"]


def test_a_relative_url_is_refused() -> None:
    with pytest.raises(InvalidInput, match="absolute"):
        open_store("file://pictures")
