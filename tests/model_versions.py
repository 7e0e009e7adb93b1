"""More versions of the tiny models: the same networks with other numbers beside them, or damaged ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

CLASSIFIER = "efficientnet-b0"
DETECTOR = "yoloface-server"
NEVER_SURE = {"uncertain_below": 1.0}  # a classifier that says `uncertain` of every face
BLIND = {"min_score": 1.0}  # a detector that finds nothing


def add_version(root: Path, name: str, version: str, /, **fields: Any) -> Path:
    """A copy of the model's version 1 with other fields in its description; its folder."""
    folder = root / name / version
    shutil.copytree(root / name / "1", folder)
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**described, "version": version, **fields}), encoding="utf-8")
    return folder


def damage(folder: Path) -> None:
    """Take the last byte off the weights: their checksum is wrong."""
    path = folder / "model.onnx"
    path.write_bytes(path.read_bytes()[:-1])


def repair(folder: Path) -> None:
    """Undo `damage`."""
    shutil.copy(folder.parent / "1" / "model.onnx", folder / "model.onnx")
