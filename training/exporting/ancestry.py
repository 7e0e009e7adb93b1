"""What a run's folder tells of where its weights come from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from training.exporting.command import command_words
from training.runs.ancestors import ROLES, model_id
from training.runs.record import read_object

ADAPTED = "classifier"  # the folder inside of a run of `train adapt` that holds the classifier alone
PORTRAITS = "portraits of crops (boxes by agreement of face finders)"


def run_config(checkpoint: Path) -> dict[str, Any]:
    """The settings of the run that a checkpoint lies in; empty where nothing says."""
    return read_object(_run_folder(checkpoint) / "config.json")


def told_command(checkpoint: Path, kind: str) -> str:
    """The command of the run that a checkpoint of this kind lies in, folders by their last name.

    A run that a script started is told by its settings. Empty where nothing says how, or no command could.
    """
    environment = read_object(_run_folder(checkpoint) / "environment.json")
    words = [str(word) for word in environment.get("arguments", [])]
    if words[:1] != ["train"]:
        words = command_words(run_config(checkpoint), kind)
    if not words:
        return ""
    processes = int(environment.get("processes", 1))
    program = f"torchrun --nproc-per-node {processes} -m -- training" if processes > 1 else "maskwatch"
    return f"{program} {shlex.join(map(_without_folders, words))}"


def more_data(checkpoint: Path) -> list[str]:
    """What a run learnt from besides the data that all of its kind do."""
    config = run_config(checkpoint)
    told = [PORTRAITS] if config.get("labels") else []
    named = config.get("ancestors", {})
    return told + [
        f"{said}: {named.get(role) or model_id(Path(str(config[role])))}"
        for role, said in ROLES.items()
        if config.get(role)
    ]


def _without_folders(word: str) -> str:
    """An absolute path by its last name, also behind `--option=`: a card travels."""
    option, equals, value = word.rpartition("=")
    return f"{option}{equals}{Path(value).name}" if Path(value).is_absolute() else word


def _run_folder(checkpoint: Path) -> Path:
    """The folder a checkpoint lies in; `train adapt` puts the classifier alone one folder deeper than its run."""
    folder = checkpoint.parent
    is_part = folder.name == ADAPTED and not (folder / "config.json").is_file()
    return folder.parent if is_part else folder
