"""What is done at the command line stands in the audit log, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from common.adapters.open import open_repository
from common.settings import load_settings
from maskwatch.cli.app import app
from maskwatch.keys import encryption_keys


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of anybody
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))


def run(*words: str) -> str:
    answer = CliRunner().invoke(app, list(words))
    assert answer.exit_code == 0, answer.output
    return answer.output


def told(tmp_path: Path) -> list[tuple[str, str, tuple[str, ...]]]:
    repository = open_repository(f"sqlite:///{tmp_path}/maskwatch.db", keys=encryption_keys(load_settings()))
    with repository.begin() as unit:
        entries = unit.audit.list()
    repository.close()
    assert {entry.by for entry in entries} <= {"command line"}
    return [(entry.action, entry.target.split("/")[0], entry.fields) for entry in reversed(entries)]


def test_changes_are_told_and_looking_is_not(tmp_path: Path) -> None:
    password = run("users", "add", "anna", "--role", "operator", "--site", "North").rpartition(" ")[2].strip()
    run("users", "list", "--json")
    run("privacy", "erase", "--all-cameras", "--dry-run")
    assert told(tmp_path) == [("add_user", "users", ("name", "password", "role", "sites", "tags"))]
    run("privacy", "erase", "--all-cameras", "--reason", "asked for", "--yes")
    assert [action for action, _, _ in told(tmp_path)] == ["add_user", "request_erasure"]
    assert password not in str(told(tmp_path))
