"""What a run's folder tells of where its weights come from."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from training.errors import BrokenCheckpoint

PORTRAITS = "portraits of crops (boxes by agreement of face finders)"


def told_command(checkpoint: Path) -> str:
    """The command of the run that a checkpoint lies in, folders by their last name; empty where nothing says so."""
    environment = _read(checkpoint.parent / "environment.json")
    words = [str(word) for word in environment.get("arguments", [])]
    arguments = [Path(word).name if Path(word).is_absolute() else word for word in words]  # a card travels
    if arguments[:1] != ["train"]:  # started by a script, which alone knows how
        return ""
    processes = int(environment.get("processes", 1))
    program = f"torchrun --nproc-per-node {processes} -m -- training" if processes > 1 else "maskwatch"
    return f"{program} {shlex.join(arguments)}"


def more_data(checkpoint: Path) -> list[str]:
    """What a detector's run learnt from besides the data that all of them do."""
    config = _read(checkpoint.parent / "config.json")
    told = [PORTRAITS] if config.get("labels") else []
    for key, role in (("start", "start values"), ("teacher", "teacher")):
        if config.get(key):
            told.append(f"{role}: {Path(str(config[key])).parent.name}")
    return told


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise BrokenCheckpoint(f"{path} is not JSON: {error}") from error
    return dict(content) if isinstance(content, dict) else {}
