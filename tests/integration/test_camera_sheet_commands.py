"""`maskwatch cameras import` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from common.errors import InvalidInput, PermanentError
from maskwatch.cli.app import app

SHEET = """name;url;site;interval_seconds
Door;rtsp://op:hunter2@10.0.0.5/live;North;2
Gate;ftp://10.0.0.6/live;North;
"""


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one, in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    Path("cameras.csv").write_text(SHEET, encoding="utf-8")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["cameras", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def cameras() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", "--json"))
    return found


def test_a_sheet_is_tried_then_taken_and_its_bad_row_told() -> None:
    for extra in (["--dry-run"], []):
        with pytest.raises(PermanentError, match="1 of 2 rows were refused"):
            run("import", "cameras.csv", *extra)
        assert len(cameras()) == (0 if extra else 1)
    assert cameras()[0]["username"] == "op"


def test_an_export_of_any_kind_is_read_again_and_holds_no_password() -> None:
    with pytest.raises(PermanentError):
        run("import", "cameras.csv")
    for ending in ("csv", "yaml", "json"):
        run("export", "--output", f"out.{ending}")
        assert "hunter2" not in Path(f"out.{ending}").read_text(encoding="utf-8")
        said = json.loads(run("import", f"out.{ending}", "--json"))
        assert (said["unchanged"], said["rows"][0]["name"]) == (1, "Door")
    assert run("export", "--format", "csv").splitlines()[1].startswith("Door,rtsp://10.0.0.5/live,op,2.0")


def test_a_file_that_is_none_is_refused() -> None:
    Path("latin.csv").write_bytes("name;url\nTür;x".encode("latin-1"))
    for name, words in (("none.csv", "No such file"), ("latin.csv", "UTF-8")):
        with pytest.raises(InvalidInput, match=words):
            run("import", name)
