"""What came of a run: `metrics.json` in its folder. Training writes its curves' ends there, measuring adds figures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.rounding import rounded
from training.runs.record import METRICS, read_object, smoothed

BEST: Mapping[str, Callable[[Iterable[float]], float]] = {"total": min, "accuracy": max}  # of the curves that have one


def add_figures(folder: Path, figures: Mapping[str, Any]) -> None:
    """Put figures into a run's metrics.json; those of other names stay. Raises NotARun for a broken file."""
    path = folder / METRICS
    partial = folder / f"{METRICS}.partial"
    partial.write_text(json.dumps({**read_object(path), **rounded(dict(figures))}, indent=2) + "\n")
    partial.replace(path)


def curve_figures(curves: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Steps, minutes, and of every curve the last value; of loss and accuracy also the best one and its step.

    Values are means over some logged rows, since one row is one batch.
    """
    means = smoothed(curves)
    if not means:
        return {}
    last = {name: value for name, value in means[-1].items() if math.isfinite(value)}
    best = {name: _best(name, curves, means) for name in BEST if name in last}
    steps, minutes = int(curves[-1].get("step", 0)), curves[-1].get("seconds", 0.0) / 60
    return {"steps": steps, "minutes": minutes, "last": last, "best": best}


def _best(name: str, curves: Sequence[Mapping[str, float]], means: Sequence[Mapping[str, float]]) -> dict[str, float]:
    known = [(mean[name], row.get("step", 0.0)) for mean, row in zip(means, curves, strict=True) if name in mean]
    value = BEST[name](value for value, _ in known if math.isfinite(value))
    return {"value": value, "step": next(step for mean, step in known if mean == value)}
