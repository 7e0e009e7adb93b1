"""`maskwatch retention run` and `maskwatch reconcile`, as a person calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner
from upkeep_world import DAY, HOUR, JPEG, UpkeepWorld, keys, open_world

from common.adapters.open import open_broker, open_repository, open_store
from common.domain.prediction import Label
from maskwatch.cli.app import app


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UpkeepWorld]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    yield from open_world(
        open_repository(f"sqlite:///{tmp_path}/maskwatch.db"),
        open_store(f"file://{tmp_path}/pictures"),
        open_broker(f"sqlite:///{tmp_path}/queue.db"),
    )


def call(*arguments: str) -> dict[str, object]:
    answer = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    fields: dict[str, object] = json.loads(answer.stdout)
    return fields


def test_retention_tells_first_and_then_removes(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_KEEP_CLEAN_DAYS", "2")
    world.take(40 * DAY)
    world.take(10 * DAY, Label.MASK_CORRECT)
    kept = world.take(10 * DAY + HOUR, Label.NO_MASK)
    told = call("retention", "run", "--dry-run")
    assert (told["dry_run"], told["shots"], told["pictures_by_age"], told["pictures_by_clean"]) == (True, 1, 1, 1)
    assert told["bytes_by_clean"] == len(JPEG)
    assert len(world.stored()) == 3
    assert call("retention", "run") == {**told, "dry_run": False}
    assert world.stored() == keys(kept)


def test_the_bound_of_the_store_is_a_setting(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_STORE_MEGABYTES", "1")
    for number in range(3):
        shot = world.take((9 - number) * DAY, Label.NO_MASK)
        world.store.put(shot.image_key or "", b"x" * 400_000)
    assert call("retention", "run")["pictures_by_size"] == 1
    assert world.stored() == keys(*list(world.shots().values())[:2])


def test_reconcile_tells_first_and_then_marks(world: UpkeepWorld) -> None:
    gone = world.take(10 * HOUR, is_stored=False)
    told = call("reconcile", "--dry-run")
    assert (told["dry_run"], told["gone"], told["orphans"]) == (True, 1, 0)
    assert world.shots() == {gone.id: gone}
    assert call("reconcile") == {**told, "dry_run": False}
    assert world.shots()[gone.id].image_key is None
    answer = CliRunner().invoke(app, ["reconcile"], catch_exceptions=False)
    assert "picture_gone" not in answer.stdout
    assert "gone                   0" in answer.stdout


def test_a_young_picture_is_no_orphan(world: UpkeepWorld) -> None:
    world.take(10 * HOUR)
    world.take(9 * HOUR + timedelta(minutes=1), is_recorded=False)  # stored just now, as a spool delivers
    assert call("reconcile")["orphans"] == 0
    assert len(world.stored()) == 2
