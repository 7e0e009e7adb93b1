"""A figure is a dict of `value`, its 95 % `interval` and `of`: how many faces or answers it rests on."""

from __future__ import annotations

from typing import Any

from training.evaluation.statistics import wilson_interval

Figure = dict[str, Any]


def figure(value: float | None, interval: tuple[float, float] | None, of: int) -> Figure:
    """A figure whose interval comes from elsewhere; without a case to count, value and interval are None."""
    if of == 0 or value is None:
        return {"value": None, "interval": None, "of": int(of)}
    return {"value": float(value), "interval": interval, "of": int(of)}


def share(hits: int, trials: int) -> Figure:
    """A share with Wilson's interval."""
    return figure(hits / max(trials, 1), wilson_interval(int(hits), int(trials)), trials)
