"""Runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.errors import NotARun
from training.runs.record import Run, flatten, leading_figures, read_run


def summarise_folder(folder: Path) -> dict[str, Any]:
    """A run's folder as one row of a list; a broken one has its name and, as `error`, the reason."""
    try:
        return {**summarise(read_run(folder)), "error": None}
    except NotARun as error:
        return {"name": folder.name, "error": str(error)}


def summarise(run: Run) -> dict[str, Any]:
    """A run as one row of a list."""
    return {
        "name": run.name,
        "steps": run.steps,
        "minutes": round(run.minutes, 1),
        "loss": _rounded(run.losses.get("total")),
        "metrics": {name: _rounded(value) for name, value in leading_figures(run.metrics).items()},
        "checkpoint": (run.folder / "last.pt").is_file(),
    }


def describe(run: Run) -> dict[str, Any]:
    """Everything a run's folder tells, the curves as their last means."""
    return {
        **summarise(run),
        "losses": {name: _rounded(value) for name, value in run.losses.items()},
        "config": dict(run.config),
        "environment": dict(run.environment),
        "all_metrics": dict(run.metrics),
    }


def compare(runs: Sequence[Run]) -> dict[str, Any]:
    """What differs: settings and environment, with a value per run; and how they went and what they reached."""
    return {
        "runs": [run.name for run in runs],
        "settings": _differing([run.config for run in runs]),
        "environment": _differing([run.environment for run in runs]),
        "progress": {
            "steps": [run.steps for run in runs],
            "minutes": [round(run.minutes, 1) for run in runs],
        },
        "losses": _beside([run.losses for run in runs]),
        "metrics": _beside([leading_figures(run.metrics) for run in runs]),
        "all_metrics": _beside([_figures(run.metrics) for run in runs]),
    }


def _figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flatten(metrics).items() if isinstance(value, int | float)}


def _beside(columns: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: [_rounded(column.get(name)) for column in columns] for name in names}


def _differing(trees: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    values = _beside([flatten(tree) for tree in trees])
    return {name: row for name, row in values.items() if any(value != row[0] for value in row)}


def _rounded(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value
