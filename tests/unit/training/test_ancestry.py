"""A card tells where weights come from without being told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.errors import BrokenCheckpoint
from training.exporting.ancestry import PORTRAITS, more_data, told_command


def run(folder: Path, *, arguments: list[str], processes: int = 1, **config: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "environment.json").write_text(json.dumps({"arguments": arguments, "processes": processes}))
    (folder / "config.json").write_text(json.dumps(config))
    return folder / "last.pt"


def test_the_run_tells_its_command_without_naming_folders_of_its_machine(tmp_path: Path) -> None:
    arguments = ["train", "detector", "--minutes", "9", "--data", "/somewhere/private/data", "--run", "runs/a b"]
    assert told_command(run(tmp_path, arguments=arguments)) == (
        "maskwatch train detector --minutes 9 --data data --run 'runs/a b'"
    )
    two = told_command(run(tmp_path, arguments=["train", "classifier"], processes=2))
    assert two == "torchrun --nproc-per-node 2 -m -- training train classifier"


def test_a_script_or_a_missing_file_tells_none(tmp_path: Path) -> None:
    assert told_command(run(tmp_path, arguments=["85"])) == ""
    assert told_command(tmp_path / "elsewhere" / "last.pt") == ""


def test_labels_start_and_teacher_are_named(tmp_path: Path) -> None:
    told = more_data(run(tmp_path, arguments=[], labels="runs/labels", start="runs/first/last.pt", teacher=None))
    assert told == [PORTRAITS, "start values: first"]
    assert more_data(tmp_path / "elsewhere" / "last.pt") == []


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    checkpoint = run(tmp_path, arguments=[])
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(BrokenCheckpoint, match=r"config\.json is not JSON"):
        more_data(checkpoint)
