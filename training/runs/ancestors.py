"""Which model a checkpoint is, told without the path it lies at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.runs.record import METRICS, read_object

ROLES = {"start": "start values", "teacher": "teacher"}  # settings of a run that name a checkpoint
DIGITS = 12  # of a checksum: enough to tell any two files apart


def name_ancestors(config: Mapping[str, Any]) -> dict[str, str]:
    """The models that a run's settings name by their checkpoints, by the setting."""
    return {role: model_id(Path(str(config[role]))) for role in ROLES if config.get(role)}


def model_id(checkpoint: Path) -> str:
    """`name@version` of a checkpoint that was exported or lies by a model.json; else digits of its checksum."""
    card = read_object((checkpoint if checkpoint.is_dir() else checkpoint.parent) / "model.json")
    if "name" in card and "version" in card:
        return f"{card['name']}@{card['version']}"
    if not checkpoint.is_file():
        return "a checkpoint that is gone"
    digits = checkpoint_digits(checkpoint)
    exported = read_object(checkpoint.parent / METRICS).get("exported", {})
    return str(exported.get(digits, f"checkpoint sha256 {digits}"))


def checkpoint_digits(checkpoint: Path) -> str:
    """The first digits of the file's SHA-256."""
    return hashlib.sha256(checkpoint.read_bytes()).hexdigest()[:DIGITS]
