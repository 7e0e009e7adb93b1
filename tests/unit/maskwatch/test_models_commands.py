"""`maskwatch models`: what a person sees and does with versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_versions import CLASSIFIER, NEVER_SURE, add_version, damage
from tiny_models import write_repository
from typer.testing import CliRunner

from common.errors import InvalidInput, NotFound
from maskwatch.cli.models import models_app

Run = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_repository(tmp_path / "models")
    add_version(root, CLASSIFIER, "2", **NEVER_SURE)
    return root


@pytest.fixture
def run(root: Path) -> Run:
    """What a command prints; it raises what the command raises."""

    def call(*arguments: str, exit_code: int = 0) -> str:
        settings = {"MASKWATCH_MODELS": str(root), "COLUMNS": "240"}
        answer = CliRunner().invoke(models_app, list(arguments), env=settings)
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        assert answer.exit_code == exit_code, answer.output
        return answer.output

    return call


def _aliases(run: Run) -> dict[tuple[str, str], str | None]:
    rows: list[dict[str, Any]] = json.loads(run("list", "--json"))
    return {(row["name"], row["version"]): row["alias"] for row in rows}


def test_a_version_is_tried_promoted_and_taken_back(run: Run) -> None:
    assert run("challenge", CLASSIFIER, "2") == f"{CLASSIFIER}/2 challenges {CLASSIFIER}/1\n"
    listed = _aliases(run)
    assert (listed[CLASSIFIER, "1"], listed[CLASSIFIER, "2"]) == ("champion", "challenger")
    assert run("promote", CLASSIFIER) == f"{CLASSIFIER}/2 is the champion, before it was {CLASSIFIER}/1\n"
    listed = _aliases(run)
    assert (listed[CLASSIFIER, "1"], listed[CLASSIFIER, "2"]) == (None, "champion")
    assert run("rollback", CLASSIFIER) == f"{CLASSIFIER}/1 is the champion, before it was {CLASSIFIER}/2\n"


def test_the_history_tells_who_when_from_which_version_to_which(run: Run) -> None:
    assert "no alias was changed yet" in run("history")
    run("promote", CLASSIFIER, "2")
    (change,) = json.loads(run("history", "--json"))
    assert change["by"].count("@") == 1
    assert change["at"]
    assert [change[field] for field in ("action", "model", "from", "to")] == ["promote", CLASSIFIER, "1", "2"]


def test_without_aliases_the_newest_version_is_shown_as_champion(run: Run) -> None:
    listed = _aliases(run)
    assert (listed[CLASSIFIER, "1"], listed[CLASSIFIER, "2"]) == (None, "champion")


def test_a_damaged_version_is_shown_and_the_list_fails(root: Path, run: Run) -> None:
    damage(root / CLASSIFIER / "2")
    assert "is damaged: its sha256" in run("list", exit_code=1)


def test_what_cannot_be_done_is_told_before_anything_is_loaded(run: Run) -> None:
    with pytest.raises(InvalidInput, match="nothing challenges the champion"):
        run("promote", CLASSIFIER)
    with pytest.raises(NotFound, match="no earlier champion"):
        run("rollback", CLASSIFIER)
