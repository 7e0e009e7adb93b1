"""A version is written aside and appears whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_api.repository import ModelRepository
from training.errors import VersionExists
from training.exporting.draft import draft_of, next_version, publish


def write(folder: Path, content: str) -> None:
    (folder / "model.json").write_text(content)


def test_a_published_draft_is_the_version_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "1"
    with draft_of(folder) as draft:
        write(draft, "new")
        assert not folder.exists()
        publish(draft, folder)
    assert [path.name for path in folder.parent.iterdir()] == ["1"]
    assert (folder / "model.json").read_text() == "new"


def test_serving_does_not_see_a_version_that_is_still_written(tmp_path: Path) -> None:
    with draft_of(tmp_path / "x" / "1") as draft:
        write(draft, "{}")
        assert ModelRepository(tmp_path).names() == []
        assert ModelRepository(tmp_path).versions("x") == []
        publish(draft, tmp_path / "x" / "1")
    assert ModelRepository(tmp_path).versions("x") == ["1"]


def test_what_is_not_published_is_gone(tmp_path: Path) -> None:
    with draft_of(tmp_path / "x" / "1") as draft:
        write(draft, "not worth keeping")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError), draft_of(tmp_path / "x" / "1") as draft:
        (draft / "none").read_text()
    assert not list(tmp_path.iterdir())


def test_a_version_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "2"
    folder.mkdir(parents=True)
    write(folder, "old")
    with pytest.raises(VersionExists, match="x/2 exists already"), draft_of(folder):
        pass
    with draft_of(folder, is_replacing=True) as draft:
        write(draft, "new")
        assert (folder / "model.json").read_text() == "old"
        publish(draft, folder)
    assert (folder / "model.json").read_text() == "new"
    assert [path.name for path in folder.parent.iterdir()] == ["2"]


@pytest.mark.parametrize(("wanted", "expected"), [("2", "11"), ("2-int8", "11-int8"), ("first", "11")])
def test_the_next_free_version_counts_on(wanted: str, expected: str, tmp_path: Path) -> None:
    for name in ("2", "10-int8", ".12.draft", "first"):
        (tmp_path / name).mkdir()
    assert next_version(tmp_path / wanted) == expected
