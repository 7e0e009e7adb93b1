"""The alias file is whole at every moment, and a damaged one is one clear sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common.adapters.file_lock import FileLock
from common.errors import Conflict, InvalidInput
from model_api.alias_file import AliasFile
from model_api.aliases import Alias, Aliases
from model_api.errors import BrokenAliases

# Writes, but is killed once the new content is on disk and not yet in its place.
KILLED = """
import os, signal, sys
from pathlib import Path
from model_api.alias_file import AliasFile
from model_api.aliases import Alias, Aliases
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
AliasFile(Path(sys.argv[1])).change(lambda known: Aliases(models={"net": Alias(champion="2")}))
"""


def _champion(version: str) -> Aliases:
    return Aliases(models={"net": Alias(champion=version)})


@pytest.fixture
def file(tmp_path: Path) -> AliasFile:
    return AliasFile(tmp_path / "aliases.json")


def test_without_a_file_nothing_is_chosen(file: AliasFile) -> None:
    assert (file.read(), file.stamp()) == (Aliases(), None)


def test_what_is_written_is_read_again(file: AliasFile) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    written = file.change(lambda known: known.promote("net", "2", incumbent="1", at=at, by="ann"))
    assert file.read() == written
    assert '"from": "1"' in file.path.read_text()


def test_every_write_changes_the_stamp(file: AliasFile) -> None:
    stamps = {file.stamp()}
    for version in ("1", "2.1", "2.1.1", "2.1.1.1"):
        file.change(lambda _, version=version: _champion(version))  # type: ignore[misc]
        stamps.add(file.stamp())
    assert len(stamps) == 5


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    file = AliasFile(tmp_path / "data" / "model-aliases.json")
    file.change(lambda _: _champion("1"))
    assert file.read() == _champion("1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "is damaged: Invalid JSON", id="empty"),
        pytest.param(b'{"models": {"net": {"champion": "1"', "is damaged: Invalid JSON", id="cut off"),
        pytest.param(b"\xff\xfe", "is damaged", id="no text"),
        pytest.param(b'{"models": {"net": {}}}', r"is damaged: models.net.champion: Field required", id="no champion"),
        pytest.param(b'{"models": {"net": {"champion": "../x"}}}', "models.net.champion: String should", id="a path"),
        pytest.param(b'{"champion": "1"}', "is damaged: champion: Extra inputs", id="another shape"),
    ],
)
def test_a_damaged_file_is_one_clear_sentence(file: AliasFile, content: bytes, sentence: str) -> None:
    file.path.write_bytes(content)
    with pytest.raises(BrokenAliases, match=sentence) as raised:
        file.read()
    assert str(file.path) in str(raised.value)
    with pytest.raises(BrokenAliases):
        file.change(lambda _: _champion("1"))
    assert file.path.read_bytes() == content


def test_a_writer_that_is_killed_before_the_rename_leaves_the_old_file_whole(file: AliasFile) -> None:
    file.change(lambda _: _champion("1"))
    before = file.stamp()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (file.read(), file.stamp()) == (_champion("1"), before)
    assert '"champion": "2"' in file.path.with_name("aliases.json.new").read_text()
    file.change(lambda _: _champion("3"))  # neither the lock nor the left-over file is in the way
    assert file.read() == _champion("3")


def test_only_one_process_changes_it_at_a_time(file: AliasFile) -> None:
    lock = FileLock(file.path.with_name("aliases.json.lock"))
    assert lock.acquire()
    with pytest.raises(Conflict, match="another process"):
        file.change(lambda _: _champion("1"))
    lock.release()
    file.change(lambda _: _champion("1"))


def test_a_refused_change_writes_nothing(file: AliasFile) -> None:
    def refuse(_: Aliases) -> Aliases:
        raise Conflict("no")

    with pytest.raises(Conflict):
        file.change(refuse)
    assert file.stamp() is None


def test_where_nothing_can_be_written_the_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    with pytest.raises(InvalidInput, match="MASKWATCH_ALIASES names another place"):
        AliasFile(tmp_path / "models" / "aliases.json").change(lambda _: _champion("1"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InvalidInput, match=r"cannot write .* Permission denied"):
        AliasFile(tmp_path / "aliases.json").change(lambda _: _champion("1"))
