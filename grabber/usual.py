"""What a camera's pictures usually look like: the middle of the last minutes, so that what stays becomes usual."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from grabber.signs import Signs

APART = timedelta(seconds=15)  # between two samples: a minute of somebody before the lens is four of them
KEPT = 40  # samples, ten minutes: what has lasted for five of them is usual
ENOUGH = 6  # samples before anything is called usual


@dataclass(frozen=True, kw_only=True)
class Usual:
    """Medians of `Signs`."""

    sharpness: float
    empty: float
    grey: float
    repeated: float


class History:
    """The samples of one camera, each some seconds after the last."""

    def __init__(self) -> None:
        self._samples: deque[Signs] = deque(maxlen=KEPT)
        self._sampled_at: datetime | None = None

    def add(self, signs: Signs, at: datetime) -> None:
        """Keep the signs of a picture captured then, if the last sample is old enough."""
        if self._sampled_at is None or abs(at - self._sampled_at) >= APART:  # the clock may have been set back
            self._samples.append(signs)
            self._sampled_at = at

    def usual(self) -> Usual | None:
        """What is usual; None while too little was seen."""
        if len(self._samples) < ENOUGH:
            return None
        return Usual(
            sharpness=median(signs.sharpness for signs in self._samples),
            empty=median(signs.empty for signs in self._samples),
            grey=median(signs.grey for signs in self._samples),
            repeated=median(signs.repeated for signs in self._samples),
        )
