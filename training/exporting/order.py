"""What is exported, and what every exported folder has in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torch import nn

from training.errors import BrokenCheckpoint
from training.exporting.ancestry import told_command
from training.exporting.card import render_card
from training.fitting.run_folder import read_checkpoint
from training.rounding import rounded


@dataclass(frozen=True, kw_only=True)
class ExportOrder:
    """What to export and what to say about it. `command` is how the weights were trained; else the run says so."""

    checkpoint: Path
    folder: Path  # …/<name>/<version>, where the version will be; until it is whole it lies in a draft beside it
    validation: Path  # a COCO label file that training never saw
    command: str
    input_size: int = 640  # longer side in pixels; detectors only
    outlined: Path | None = None  # a folder like fit/eval; for the network that outlines masks
    is_replacing: bool = False  # a version that is there already
    reuse: str = ""  # another folder's model.onnx, relative to `folder`: same weights, other input size; detectors only


def load_weights(network: nn.Module, checkpoint: Path) -> dict[str, Any]:
    """The averaged weights of a run into a network, and the checkpoint. Raises BrokenCheckpoint for another's."""
    state = read_checkpoint(checkpoint)
    try:
        network.load_state_dict(state["average"])
    except RuntimeError as error:
        raise BrokenCheckpoint(f"{checkpoint} belongs to another network than {type(network).__name__}") from error
    return state


def identity(order: ExportOrder, kind: str) -> dict[str, Any]:
    """What every model.json begins with."""
    return {
        "name": order.folder.resolve().parent.name,
        "version": order.folder.resolve().name,
        "kind": kind,
        "command": order.command or told_command(order.checkpoint, kind),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "licence": "Apache-2.0",
    }


def count(network: nn.Module) -> int:
    """How many parameters it has."""
    return sum(value.numel() for value in network.parameters())


def write_description(folder: Path, card: Mapping[str, Any]) -> None:
    """model.json as far as it is known: the measuring reads it."""
    (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n")


def finish(folder: Path, card: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    """model.json with checksum and figures, and card.md; the former is returned."""
    weights = folder / card.get("file", "model.onnx")
    card = {**card, "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(), "metrics": rounded(metrics)}
    write_description(folder, card)
    (folder / "card.md").write_text(render_card(card))
    return card
