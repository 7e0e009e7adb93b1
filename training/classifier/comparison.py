"""Runs of `train adapt` side by side, as a Markdown table; judged on the same faces, so differences can be counted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.dataset.crop_bank import CLASSES
from training.errors import DataMissing

HEADER = ("run", "faces", "of", "accuracy", "balanced", *(f"recall {name}" for name in CLASSES))


def read_metrics(run: Path) -> dict[str, Any]:
    """The metrics of a run's folder. Raises DataMissing when it has not been measured."""
    path = run / "metrics.json"
    if not path.is_file():
        raise DataMissing(f"no metrics.json in {run}; a run of `train adapt` writes it at its end")
    return dict(json.loads(path.read_text()))


def compare(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """A Markdown table of all runs, and below it how far each one's answers differ from the first one's."""
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    for kind in ("originals", "degraded"):
        for name, metrics in runs.items():
            parts = {"all": metrics[kind]["all"], **metrics[kind]["sources"]}
            lines += [_row(name, f"{kind}, {part}", figures) for part, figures in parts.items()]
    (first, reference), *others = runs.items()
    lines += ["", *(_effort(name, metrics) for name, metrics in runs.items())]
    for name, metrics in others:
        lines += [
            f"{kind}: {_difference(name, metrics[kind]['right'], first, reference[kind]['right'])}"
            for kind in ("originals", "degraded")
        ]
    return "\n".join(lines)


def _row(name: str, part: str, figures: Mapping[str, Any]) -> str:
    recalls = [_share(figures["recall"][label]) for label in CLASSES]
    cells = [name, part, str(figures["accuracy"]["of"]), _share(figures["accuracy"])]
    return "| " + " | ".join([*cells, f"{figures['balanced_accuracy']:.3f}", *recalls]) + " |"


def _share(figure: Mapping[str, Any]) -> str:
    low, high = figure["interval"]
    return f"{figure['share']:.3f} [{low:.3f}, {high:.3f}]"


def _effort(name: str, metrics: Mapping[str, Any]) -> str:
    told = metrics["domain_accuracy"]
    return (
        f"{name}: {metrics['steps']} steps in {metrics['minutes']:.1f} minutes; domains told apart by a fresh probe "
        f"{told['linear_probe']:.3f}, by the discriminator {told['discriminator']:.3f}"
    )


def _difference(name: str, right: Sequence[int], other: str, others_right: Sequence[int]) -> str:
    won = sum(mine > theirs for mine, theirs in zip(right, others_right, strict=True))
    lost = sum(mine < theirs for mine, theirs in zip(right, others_right, strict=True))
    return (
        f"{name} names {won} faces right that {other} does not, and {lost} the other way; p = {mcnemar(won, lost):.3g}"
    )


def mcnemar(won: int, lost: int) -> float:
    """How likely so uneven a split, or a more uneven one, is by chance: the exact test of McNemar (1947), two-sided."""
    trials = won + lost
    tail = sum(math.comb(trials, k) for k in range(min(won, lost) + 1)) / (1 << trials)
    return min(1.0, 2 * tail)
