"""How much of their shots cameras may take while there is more to do than can be done.

Max-min fairness by weight (Bertsekas and Gallager, Data Networks, 1992, 6.5.2): one level for all. A camera may take
its weight times the level, in shots per second; one that wants less keeps its interval, and what it leaves goes to the
others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from common.domain.camera import Camera

ROUNDING = 1e-9  # of the sums: a budget that is all that is wanted satisfies everybody
PACE_KEY = "pace"  # in coordination


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What one grabber, the leader, found and decided for all."""

    at: datetime
    level: float | None = None  # shots per second for each unit of weight; None: all cameras keep their intervals
    budget: float | None = None  # shots per second, all cameras together; None: as many as they want
    correction: float = 1.0  # see grabber/overload.py: the next leader goes on from it
    wanted: float = 0.0  # shots per second that the cameras ask for
    capacity: float | None = None  # pictures per second that can be looked at; None: nobody knows yet
    wait_seconds: float | None = None  # until a picture that is queued now is looked at


def wanted_rate(cameras: Iterable[Camera]) -> float:
    """Shots per second that the cameras ask for."""
    return sum(1 / camera.interval_seconds for camera in cameras)


def effective_interval(camera: Camera, level: float | None) -> float:
    """Seconds between two shots on average; never less than the camera's own interval."""
    return camera.interval_seconds if level is None else max(camera.interval_seconds, 1 / (camera.weight * level))


def water_level(cameras: Iterable[Camera], budget: float) -> float | None:
    """The level at which the cameras together take the budget, in shots per second; None when all may have their fill.

    `budget` is above 0.
    """
    wants = sorted((1 / camera.interval_seconds / camera.weight, camera.weight) for camera in cameras)
    weight = sum(weight for _, weight in wants)
    for fill, share in wants:  # the most easily satisfied first
        if fill * weight > budget * (1 + ROUNDING):
            return budget / weight
        budget -= fill * share
        weight -= share
    return None
