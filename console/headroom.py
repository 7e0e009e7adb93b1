"""How many cameras more this installation can take, and what would be full first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from common.domain.load import MODEL_APIS, Load, joint_capacity
from common.domain.pace import PACE_KEY, Pace, wanted_rate
from common.metrics import HEADROOM
from common.ports.coordination import Coordination
from common.runtime.load import read_loads
from console.context import Console
from console.texts import t

log = structlog.get_logger(__name__)

PLANNED_SHARE = 0.85  # of what a part can do: what is planned for more has no answer to a busy hour
NEW_INTERVAL_SECONDS = 5.0  # between two shots of a camera more
LOOKING, JUDGING, GRABBING = "models", "analyzer", "grabbers"  # the parts that are measured

_PACE = TypeAdapter(Pace)


@dataclass(frozen=True, kw_only=True)
class Headroom:
    """What is asked for and what can be done, in shots per second."""

    wanted: float  # by all enabled cameras at once: schedules do not make room for good
    allowed: float | None = None  # by the pace; None: as many as are wanted
    capacities: dict[str, float]  # by part, as far as known

    @property
    def limit(self) -> str | None:
        """The part that is full first; None while nobody knows what the models can do."""
        return min(self.capacities, key=lambda part: self.capacities[part]) if LOOKING in self.capacities else None

    @property
    def stretch(self) -> float:
        """How many times longer intervals are now, all cameras together; 1 without overload."""
        return 1.0 if self.allowed is None else max(1.0, self.wanted / self.allowed)

    @property
    def cameras(self) -> int | None:
        """How many can be added at one shot per 5 s; below 0: so many are too many; None: unknown."""
        if self.limit is None:
            return None
        left = (PLANNED_SHARE * self.capacities[self.limit] - self.wanted) * NEW_INTERVAL_SECONDS
        return min(0, math.floor(left)) if self.allowed is not None else math.floor(left)

    @property
    def sentence(self) -> str:
        """For people."""
        if self.cameras is None or self.limit is None:
            return t("headroom.unknown")
        kind = "overload" if self.allowed is not None else "some" if self.cameras > 0 else "none"
        return t(
            f"headroom.{kind}",
            cameras=abs(self.cameras),
            limit=t(f"headroom.{self.limit}"),
            capacity=self.capacities[self.limit],
            wanted=self.wanted,
            stretch=self.stretch,
            seconds=NEW_INTERVAL_SECONDS,
        )

    def to_json(self) -> dict[str, Any]:
        """All of it; rates in shots per second."""
        return {
            "cameras": self.cameras,
            "interval_seconds": NEW_INTERVAL_SECONDS,
            "limit": self.limit,
            "wanted_rate": round(self.wanted, 3),
            "allowed_rate": None if self.allowed is None else round(self.allowed, 3),
            "stretch": round(self.stretch, 3),
            "capacities": {part: round(rate, 3) for part, rate in self.capacities.items()},
            "sentence": self.sentence,
        }


def read_headroom(console: Console) -> Headroom:
    """As the workers say. Raises Unavailable."""
    with console.repository.begin() as unit:
        wanted = wanted_rate(unit.cameras.list(enabled=True))
    pace = read_pace(console.coordination)
    found = Headroom(
        wanted=wanted, allowed=pace.budget if pace else None, capacities=read_capacities(console.coordination)
    )
    HEADROOM.set(math.nan if found.cameras is None else found.cameras)
    return found


def read_capacities(coordination: Coordination) -> dict[str, float]:
    """What each part can do per second, as far as its workers know. Raises Unavailable."""
    looking = _looking(read_loads(coordination, "processors"), read_loads(coordination, MODEL_APIS))
    # One analyzer at a time is active on the queue; a stand-in has finished nothing.
    judging = max(_known(read_loads(coordination, "analyzers")), default=None)
    grabbers = read_loads(coordination, "grabbers")
    grabbing = sum(_known(grabbers)) if all(load.capacity for load in grabbers) else None
    found = {LOOKING: looking, JUDGING: judging, GRABBING: grabbing}
    return {part: rate for part, rate in found.items() if rate}


def read_pace(coordination: Coordination) -> Pace | None:
    """The pace that the grabbers keep to; None when nobody knows one. Raises Unavailable."""
    value = coordination.get(PACE_KEY)
    try:
        return None if value is None else _PACE.validate_json(value)
    except ValidationError:
        log.warning("pace.unreadable")
        return None


def _looking(processors: list[Load], model_apis: list[Load]) -> float | None:
    """Where the model APIs say what they can do, what the processors share is known: no need to guess."""
    shared, asking = _known(model_apis), _known(processors)
    if asking and shared and len(shared) == len(model_apis):
        return min(sum(asking), sum(shared))
    return joint_capacity(processors)


def _known(loads: Iterable[Load]) -> list[float]:
    return [load.capacity for load in loads if load.capacity is not None]
