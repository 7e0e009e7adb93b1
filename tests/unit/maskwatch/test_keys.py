"""The keys that seal: given, or made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.errors import InvalidInput
from common.settings import Settings
from maskwatch.keys import encryption_keys, kept_key, new_key


def settings(folder: Path, **fields: object) -> Settings:
    return Settings(_env_file=None, data=folder, **fields)


def test_embedded_one_is_made_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    [key] = encryption_keys(settings(tmp_path))
    assert encryption_keys(settings(tmp_path)) == [key]
    [file] = tmp_path.iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == ("encryption.key", 0)


def test_those_that_are_given_come_newest_first(tmp_path: Path) -> None:
    new, old = new_key(), new_key()
    assert new != old
    assert encryption_keys(settings(tmp_path, encryption_key=f"{new}, {old},")) == [new, old]
    assert not list(tmp_path.iterdir())


def test_a_database_of_several_services_demands_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"MASKWATCH_ENCRYPTION_KEY is empty.*maskwatch config key"):
        encryption_keys(settings(tmp_path, database="postgresql://u:p@h/n"))


def test_several_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(kept_key, [tmp_path / "k"] * 32))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere/k: No such file"):
        kept_key(tmp_path / "nowhere" / "k")
