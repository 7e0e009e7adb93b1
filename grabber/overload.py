"""How many shots all cameras together may take, so that pictures are looked at while they are fresh.

A proportional-integral controller on the time that a new job would wait, fed forward with the measured capacity. The
queue is an integrator: while more is queued than is looked at, the wait grows. So the budget is the capacity, a bit
more while the wait is under its aim and less while it is above it; and since not every slot becomes a job (cameras that
are down, pictures that are refused), a correction grows for as long as the aim is not reached. The integral takes four
times as long as the proportional part, which damps the pair critically.

Nothing here has a clock: each step is a pure function of the last decision and of what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

AIM_SHARE = (
    1 / 6
)  # of the freshness limit: what a job waits in steady overload. No queue at all would leave models idle
HORIZON_SHARE = 1 / 2  # of the freshness limit: in so long the wait is led to its aim
INTEGRAL = 4.0  # horizons that the correction takes
MOST_CORRECTION = 10.0
MOST_RISE = 1.1  # the budget's in one step: what recovers slowly does not swing
LEAST_SHARE = 0.05  # of what is wanted: every camera goes on being seen, however bad it is


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the leader sees of the installation."""

    wanted: float  # shots per second that the cameras ask for
    capacity: float | None  # pictures per second of the slowest stage while there is work; None: nobody knows
    wait_seconds: float | None  # in the stage where a new picture waits longest


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How many shots per second all cameras together may take."""

    budget: float | None = None  # None: as many as they want
    correction: float = 1.0


def decide(last: Decision, seen: Seen, *, freshness: float, passed: float) -> Decision:
    """The next decision, `passed` seconds after the last; `freshness`: seconds that a job may wait."""
    wait, aim, horizon = seen.wait_seconds, AIM_SHARE * freshness, HORIZON_SHARE * freshness
    if wait is None or seen.capacity is None or seen.wanted <= 0:
        return last
    if last.budget is None and wait <= aim:
        return last
    error = (aim - wait) / horizon
    correction = last.correction * (1 + error * passed / (INTEGRAL * horizon))
    correction = min(max(correction, 1 / MOST_CORRECTION), MOST_CORRECTION)
    budget = seen.capacity * correction * (1 + error)
    if budget >= seen.wanted and wait <= aim:  # what is measured is enough for all: no need to feel the way back
        return Decision()
    if last.budget is not None:
        budget = min(budget, MOST_RISE * last.budget)
    budget = min(max(budget, LEAST_SHARE * seen.wanted), seen.wanted)
    return Decision(budget=budget, correction=correction)
