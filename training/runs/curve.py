"""The curve of what was tried: runs in the order given, what each changed, how its loss fell and what it reached."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.runs.record import Run, flatten, leading_figures, smoothed

POINTS = 24  # of a run's curve; as many as a line of text has room for
BARS = "▁▂▃▄▅▆▇█"
PLACES = ("folder", "cache", "data", "threads", "workers", "ancestors")  # settings that change no result


def curve(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """A row for each run: what it has that the first one had otherwise, its effort, its loss over time, its figures."""
    first = _settings(runs[0])
    return [
        {
            "run": run.name,
            "changed": {name: value for name, value in _settings(run).items() if first.get(name) != value},
            "steps": run.steps,
            "minutes": round(run.minutes, 1),
            "loss": losses_over_time(run),
            "figures": {**leading_figures(run.metrics), **_figures_by_source(run.metrics)},
        }
        for run in runs
    ]


def losses_over_time(run: Run) -> list[tuple[float, float]]:
    """(minute, loss) at POINTS moments of the run, evenly apart; fewer where fewer were logged."""
    means = [
        (row.get("seconds", 0.0) / 60, mean["total"])
        for row, mean in zip(run.curves, smoothed(run.curves), strict=True)
        if math.isfinite(mean.get("total", math.nan))
    ]
    chosen = sorted({round(place * (len(means) - 1) / (POINTS - 1)) for place in range(POINTS)}) if means else []
    return [means[place] for place in chosen]


def render_curve(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as a Markdown table. The losses share one scale: only those of one kind of run can be compared."""
    names = list(dict.fromkeys(name for row in rows for name in row["figures"]))
    losses = [loss for row in rows for _, loss in row["loss"]]
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    lines = [_line(["run", "changed", "steps", "minutes", "loss over time", *names]), "|" + "---|" * (5 + len(names))]
    for row in rows:
        changed = ", ".join(f"{name} {value}" for name, value in row["changed"].items()) or "-"
        bars = sparkline([loss for _, loss in row["loss"]], low, high) + _ends(row["loss"])
        figures = [f"{row['figures'][name]:.4g}" if name in row["figures"] else "-" for name in names]
        lines.append(_line([row["run"], changed, str(row["steps"]), str(row["minutes"]), bars, *figures]))
    return "\n".join(lines)


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """One bar per value, from `low` (the shortest) to `high`."""
    span = max(high - low, 1e-9)
    return "".join(BARS[round((value - low) / span * (len(BARS) - 1))] for value in values)


def _ends(losses: Sequence[tuple[float, float]]) -> str:
    return f" {losses[0][1]:.3g} to {losses[-1][1]:.3g}" if losses else "-"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _settings(run: Run) -> dict[str, Any]:
    """What could make a difference; of a checkpoint the model it is, where the run says so."""
    named = run.config.get("ancestors", {})
    settings = {name: named.get(name, value) for name, value in run.config.items() if name not in PLACES}
    return {name: _without_folders(value) for name, value in flatten(settings).items()}


def _without_folders(value: Any) -> Any:
    """A path by its last name: the table travels."""
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def _figures_by_source(metrics: Mapping[str, Any]) -> dict[str, float]:
    """AP50 of every source of pictures, for a detector's run."""
    sources = metrics.get("sources", {})
    return {f"ap50 {name}": float(part["ap50"]) for name, part in sources.items() if "ap50" in part}
