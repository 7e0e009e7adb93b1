"""A run's folder: config.json, environment.json, curves.csv, metrics.json and last.pt, to resume and to explain it."""

from __future__ import annotations

import csv
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from training.errors import BrokenCheckpoint
from training.fitting.ranks import world_size
from training.runs.ancestors import name_ancestors
from training.runs.outcome import add_figures, curve_figures
from training.runs.record import read_curves, read_object


class RunFolder:
    """Writes and reads the files of one training run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def describe(self, config: Mapping[str, Any]) -> None:
        """Record what was asked for and where it ran."""
        environment = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "machine": platform.machine(),
            "cpus": os.cpu_count(),
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
            "processes": world_size(),
            "threads": torch.get_num_threads(),
            "arguments": sys.argv[1:],
        }
        # A run that goes on started where it started, whatever lies at that path now.
        ancestors = read_object(self.path / "config.json").get("ancestors") or name_ancestors(config)
        self._write("config.json", {**config, "ancestors": ancestors})
        self._write("environment.json", environment)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        (self.path / name).write_text(json.dumps(content, indent=2, default=str) + "\n")

    def log(self, row: Mapping[str, float]) -> None:
        """Append one row to the curves."""
        path = self.path / "curves.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(row))
            if is_new:
                writer.writeheader()
            writer.writerow({name: f"{value:.6g}" for name, value in row.items()})

    def conclude(self) -> None:
        """Write where the curves ended and what was their best."""
        add_figures(self.path, curve_figures(read_curves(self.path / "curves.csv")))

    def save(self, state: Mapping[str, Any]) -> None:
        """Replace the checkpoint in one move: a run killed while writing keeps the one before."""
        partial = self.path / "last.pt.partial"
        torch.save(dict(state), partial)
        partial.replace(self.path / "last.pt")

    def load(self) -> dict[str, Any] | None:
        """The last checkpoint, or None where there is none yet."""
        path = self.path / "last.pt"
        return read_checkpoint(path) if path.is_file() else None


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint. Raises BrokenCheckpoint when the file is missing, cut off or something else."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises half a dozen unrelated types for a bad file
        raise BrokenCheckpoint(f"{path} is not a readable checkpoint: {error}") from error
    if not isinstance(state, dict) or "average" not in state:
        raise BrokenCheckpoint(f"{path} is not a checkpoint of this project")
    return state
