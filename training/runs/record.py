"""One training run, read from its folder without torch: what was asked for, its curves, its figures."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import NotARun

METRICS = "metrics.json"
CLOCKS = ("seconds", "step", "rate")  # columns of the curves that are no result
AVERAGED_ROWS = 10  # of the curves: one row is the loss of one batch, and batches differ more than steps do
LEADING = ("ap50", "balanced_accuracy", "accuracy.share")  # figures worth a column of a list


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run's folder holds. A run that was just started has no curves; one not evaluated has no metrics."""

    name: str
    folder: Path
    config: Mapping[str, Any]
    environment: Mapping[str, Any]
    curves: Sequence[Mapping[str, float]]
    metrics: Mapping[str, Any]

    @property
    def steps(self) -> int:
        """Steps at the last logged row."""
        return int(self.curves[-1].get("step", 0)) if self.curves else 0

    @property
    def minutes(self) -> float:
        """Training time at the last logged row."""
        return self.curves[-1].get("seconds", 0.0) / 60 if self.curves else 0.0

    @property
    def losses(self) -> dict[str, float]:
        """Means of the last rows of every curve but the clock's, the step's and the rate's."""
        means = smoothed(self.curves)
        return means[-1] if means else {}


def read_run(folder: Path) -> Run:
    """Read a run's folder. Raises NotARun when it holds none, or one whose files are broken."""
    if not folder.is_dir():
        raise NotARun(f"no folder {folder}")
    if not (folder / "config.json").is_file():
        raise NotARun(f"{folder} holds no training run: it has no config.json")
    return Run(
        name=folder.name,
        folder=folder,
        config=read_object(folder / "config.json"),
        environment=read_object(folder / "environment.json"),
        curves=read_curves(folder / "curves.csv"),
        metrics=read_object(folder / METRICS),
    )


def run_folders(root: Path) -> list[Path]:
    """The folders of all runs in a folder, by name; some may be broken. Raises NotARun without the folder."""
    if not root.is_dir():
        raise NotARun(f"no folder {root}; say where the runs are with --root")
    return [path.parent for path in sorted(root.glob("*/config.json"))]


def smoothed(curves: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """For every logged row the means of it and the rows just before it."""
    return [_means(curves[max(0, end - AVERAGED_ROWS) : end]) for end in range(1, len(curves) + 1)]


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = [name for name in rows[-1] if name not in CLOCKS]
    return {name: sum(row.get(name, math.nan) for row in rows) / len(rows) for name in names}


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object of a run's folder; empty without the file. Raises NotARun when it holds something else."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise NotARun(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise NotARun(f"{path} holds no object")
    return content


def read_curves(path: Path) -> list[dict[str, float]]:
    """The rows that are whole: a run killed while it wrote leaves half a line. Raises NotARun for no text at all."""
    if not path.is_file():
        return []
    try:
        with path.open(newline="") as file:
            return [row for line in csv.DictReader(file) if (row := _numbers(line)) is not None]
    except (OSError, ValueError, csv.Error) as error:
        raise NotARun(f"{path} is not a table: {error}") from error


def _numbers(line: Mapping[str | None, Any]) -> dict[str, float] | None:
    try:
        return {name: float(value) for name, value in line.items() if name is not None}
    except (TypeError, ValueError):
        return None


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested objects as one, with dotted names."""
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def leading_figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The figures of most interest, those of the whole before those of a part."""
    flat = {name: value for name, value in flatten(metrics).items() if isinstance(value, int | float)}
    chosen = {}
    for wanted in LEADING:
        names = [name for name in flat if name == wanted or name.endswith(f".{wanted}")]
        if names:
            shortest = min(names, key=lambda name: name.count("."))
            chosen[shortest] = float(flat[shortest])
    return chosen
