"""How much a worker has to do: kept in coordination, like its heartbeat."""

from __future__ import annotations

from dataclasses import dataclass

MODEL_APIS = "model-apis"  # the group in which they tell their loads


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one replica finishes and how busy it is, over the last half minute or so."""

    busy: float  # share of the time with something in hand, 0..1
    capacity: float | None  # finished per second in that time; None until something was finished
    in_hand: int = 0  # begun, not finished
    spool_bytes: int = 0  # a grabber's: pictures on its disk that wait for the store or the broker

    @property
    def rate(self) -> float:
        """Finished per second."""
        return self.busy * (self.capacity or 0.0)

    def __str__(self) -> str:
        """For people."""
        return f"{self.rate:.1f}/s, {100 * self.busy:.0f} % busy"


def load_key(group: str, member: str) -> str:
    """The coordination key of a worker's load."""
    return f"load/{group}/{member}"


def joint_capacity(loads: list[Load]) -> float | None:
    """What several replicas finish per second when all are busy; None until one has finished something.

    While there is work for all of them it is known. With less to do each seems as fast as if it had the database or the
    model API to itself. So the sum is not believed: as if what they share limited them, the least to be hoped for.
    """
    known = [load for load in loads if load.capacity is not None]
    if not known:
        return None
    idle = 1.0
    for load in known:
        idle *= 1 - load.busy
    rate = sum(load.rate for load in known)
    alone = max(load.capacity or 0.0 for load in known)
    return max(alone, rate / (1 - idle)) if idle < 1 else alone
