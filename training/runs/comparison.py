"""Two runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.runs.record import Run, flatten, leading_figures


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


def compare(first: Run, second: Run) -> dict[str, Any]:
    """What differs: settings and environment, each as a pair; and how both went and what they reached."""
    return {
        "runs": [first.name, second.name],
        "settings": _differing(first.config, second.config),
        "environment": _differing(first.environment, second.environment),
        "progress": {
            "steps": [first.steps, second.steps],
            "minutes": [round(first.minutes, 1), round(second.minutes, 1)],
        },
        "losses": _beside(first.losses, second.losses),
        "metrics": _beside(leading_figures(first.metrics), leading_figures(second.metrics)),
        "all_metrics": _beside(_figures(first.metrics), _figures(second.metrics)),
    }


def _figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flatten(metrics).items() if isinstance(value, int | float)}


def _beside(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[Any]]:
    names = [*first, *(name for name in second if name not in first)]
    return {name: [_rounded(first.get(name)), _rounded(second.get(name))] for name in names}


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[Any]]:
    pairs = _beside(flatten(first), flatten(second))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _rounded(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value
