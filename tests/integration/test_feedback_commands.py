"""`maskwatch data feedback`: what people said, as training reads it; and for how long it is kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analyzer.upkeep.policy import Policy
from analyzer.upkeep.retention import Retention
from common.adapters.open import open_repository, open_store
from common.domain.feedback import Feedback
from common.domain.prediction import Label
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from maskwatch.cli.app import app

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAID = Feedback(
    id="door-1-0", snapshot_id="door-1", camera_id="door", face=0, box=(1, 2, 3, 4), said=Label.NO_MASK,
    meant=Label.MASK_CORRECT, crop_key="feedback/door/door-1-0.jpg", model="b0@1", by="anna", at=NOW,
)  # fmt: skip


@dataclass
class Installation:
    """The one that the commands find."""

    repository: Repository
    store: ObjectStore

    def say(self, said: Feedback, *, is_stored: bool = True) -> Feedback:
        if said.crop_key and is_stored:
            self.store.put(said.crop_key, said.id.encode())
        with self.repository.begin() as unit:
            unit.feedback.save(said)
        return said

    def retain(self, *, is_dry_run: bool) -> int:
        policy = Policy(keep_feedback=timedelta(days=7))
        upkeep = Retention(
            repository=self.repository, store=self.store, policy=policy, clock=lambda: NOW, is_dry_run=is_dry_run
        )
        return upkeep.run().feedback


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    opened = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    opened.upgrade()
    yield Installation(opened, open_store(f"file://{tmp_path}/pictures"))
    opened.close()


def run(*arguments: str) -> Any:
    answer = CliRunner().invoke(app, ["data", "feedback", *arguments, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_labelled_crops_are_written_as_training_reads_them(installation: Installation, tmp_path: Path) -> None:
    installation.say(SAID)
    installation.say(replace(SAID, id="door-1-1", face=1, meant=None, crop_key="feedback/door/door-1-1.jpg"))
    installation.say(replace(SAID, id="door-2-0", crop_key=""))
    installation.say(replace(SAID, id="door-3-0", crop_key="feedback/door/door-3-0.jpg"), is_stored=False)
    folder = tmp_path / "crops"
    assert run("export", str(folder)) == {"labelled": 1, "no_face": 1, "without_crop": 1, "crop_gone": 1}
    assert table(folder / "labels.csv") == [
        {
            "file": "feedback-door-1-0.jpg",
            "label": "mask_correct",
            "source": "feedback",
            "kind": "crop",
            "synthetic": "no",
        }
    ]
    assert (folder / "images" / "feedback-door-1-0.jpg").read_bytes() == b"door-1-0"
    assert (folder / "no_face" / "feedback-door-1-1.jpg").read_bytes() == b"door-1-1"
    audit = {row["file"]: row for row in table(folder / "audit.csv")}
    first = audit["images/feedback-door-1-0.jpg"]
    assert (first["by"], first["said"], first["meant"], first["model"]) == ("anna", "no_mask", "mask_correct", "b0@1")
    assert audit["no_face/feedback-door-1-1.jpg"]["meant"] == "no_face"


def test_a_second_export_has_the_last_word_and_leaves_the_rows_of_others(
    installation: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "crops"
    folder.mkdir()
    (folder / "labels.csv").write_text("file,label,source,kind,synthetic\nold.webp,no_mask,kary,photo,no\n")
    installation.say(SAID)
    run("export", str(folder))
    installation.say(replace(SAID, meant=None))
    assert run("export", str(folder))["no_face"] == 1
    assert [row["file"] for row in table(folder / "labels.csv")] == ["old.webp"]
    assert [path.name for path in (folder / "images").iterdir()] == []
    installation.say(replace(SAID, meant=Label.NO_MASK))
    run("export", str(folder))
    assert [row["label"] for row in table(folder / "labels.csv")] == ["no_mask", "no_mask"]
    assert not list((folder / "no_face").iterdir())


def test_what_was_said_is_listed(installation: Installation) -> None:
    installation.say(SAID)
    [row] = run("list")
    assert (row["by"], row["said"], row["meant"], row["has_crop"]) == ("anna", "no_mask", "mask_correct", True)


def test_what_was_said_long_ago_goes_with_its_crop(installation: Installation) -> None:
    young = installation.say(replace(SAID, at=NOW - timedelta(days=6)))
    installation.say(replace(SAID, id="old", crop_key="feedback/door/old.jpg", at=NOW - timedelta(days=8)))
    assert installation.retain(is_dry_run=True) == 1
    assert installation.retain(is_dry_run=False) == 1
    assert list(installation.store.list()) == [young.crop_key]
    with installation.repository.begin() as unit:
        assert unit.feedback.list() == [young]
