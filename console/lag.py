"""How long pictures take from the camera to the verdict, measured on the newest ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.shot import Outcome
from common.ports.repository import Unit

LOOKED_BACK = timedelta(minutes=5)
MOST_SHOTS = 500  # of these minutes; of more the newest
MOST_PREDICTIONS = 100  # of these, evenly spread: what is enough for a percentile is cheap to read


@dataclass(frozen=True, kw_only=True)
class Lag:
    """From capture to prediction, in seconds."""

    pictures: int  # that were measured; of none the rest is None
    p50: float | None
    p95: float | None
    models: dict[str, str]  # that made the newest prediction, by kind; only those that were asked


def read_lag(unit: Unit, *, now: datetime) -> Lag:
    """Of the last minutes, over all cameras."""
    shots = unit.shots.list(after=now - LOOKED_BACK, outcomes=[Outcome.PREDICTED], limit=MOST_SHOTS)
    step = math.ceil(len(shots) / MOST_PREDICTIONS) or 1
    found = unit.predictions.get_many([shot.id for shot in shots[::step]]).values()
    delays = sorted((one.predicted_at - one.captured_at).total_seconds() for one in found)
    newest = max(found, key=lambda one: one.predicted_at, default=None)
    return Lag(
        pictures=len(shots),
        p50=percentile(delays, 0.5),
        p95=percentile(delays, 0.95),
        models={kind: model for kind, model in newest.model.items() if model} if newest else {},
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The least of these ascending values that so many are not above; None of none."""
    if not values:
        return None
    return round(values[max(0, math.ceil(share * len(values)) - 1)], 3)
