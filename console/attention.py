"""What needs somebody's attention, the worst first. Each is a stable code with values; the pages have the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from console.headroom import Headroom
from console.lag import Lag
from console.sights import Sight, SightState

OLD_SECONDS = 30.0  # a message that waits for longer makes everything late
SLOW_SECONDS = 10.0  # from capture to prediction, for one picture in twenty


class Level(StrEnum):
    """How bad it is."""

    BAD = "bad"  # something is not done at all
    WARN = "warn"  # something is late, or will fail


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One thing to look after."""

    code: str
    level: Level
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        return {"code": self.code, "level": self.level.value, "values": dict(self.values)}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What is known of the installation."""

    checks: Mapping[str, str]  # "ok", or a sentence
    workers: Sequence[Mapping[str, Any]]
    queues: Sequence[Mapping[str, Any]]
    sights: Sequence[Sight]
    lag: Lag
    headroom: Headroom
    receivers: int | None  # that are enabled; None: nobody knows
    given_up: int  # messages of the last day


def concerns(found: Condition) -> list[Concern]:
    """All of them."""
    every = [*_parts(found), *_workers(found), *_cameras(found), *_queues(found), *_speed(found), *_messages(found)]
    return sorted(every, key=lambda one: one.level is not Level.BAD)


def _parts(found: Condition) -> Iterator[Concern]:
    for part, answer in found.checks.items():
        if answer != "ok":
            yield Concern(code="part_away", level=Level.BAD, values={"part": part, "answer": answer})


def _workers(found: Condition) -> Iterator[Concern]:
    if found.checks.get("coordination") != "ok":
        return  # nobody is heard of: that says nothing of them
    wanted = ("processors", "analyzers", *(("grabbers",) if _watched(found) else ()))
    present = {worker["group"] for worker in found.workers}
    for group in wanted:
        if group not in present:
            yield Concern(code="nobody_works", level=Level.BAD, values={"group": group})
    for worker in found.workers:
        if worker["load"] and worker["load"]["spool_bytes"]:
            values = {"worker": worker["name"], "bytes": worker["load"]["spool_bytes"]}
            yield Concern(code="spool", level=Level.WARN, values=values)


def _cameras(found: Condition) -> Iterator[Concern]:
    for state, level in (
        (SightState.DOWN, Level.BAD),
        (SightState.DEGRADED, Level.WARN),
        (SightState.STALE, Level.WARN),
    ):
        names = [sight.camera.name for sight in found.sights if sight.state is state]
        if names:
            values = {"state": state.value, "count": len(names), "names": names[:5]}
            yield Concern(code="cameras", level=level, values=values)


def _queues(found: Condition) -> Iterator[Concern]:
    for queue in found.queues:
        if queue["dead"]:
            values = {"queue": queue["queue"], "count": queue["dead"]}
            yield Concern(code="dead_letters", level=Level.WARN, values=values)
        age = queue["oldest_age_seconds"]
        if age is not None and age > OLD_SECONDS:
            values = {"queue": queue["queue"], "seconds": round(age, 1), "count": queue["ready"]}
            yield Concern(code="old_queue", level=Level.WARN, values=values)


def _speed(found: Condition) -> Iterator[Concern]:
    if found.headroom.allowed is not None:
        yield Concern(code="overload", level=Level.WARN, values={"stretch": round(found.headroom.stretch, 2)})
    if found.lag.p95 is not None and found.lag.p95 > SLOW_SECONDS:
        yield Concern(code="slow", level=Level.WARN, values={"seconds": found.lag.p95})


def _messages(found: Condition) -> Iterator[Concern]:
    if found.given_up:
        yield Concern(code="messages_given_up", level=Level.WARN, values={"count": found.given_up})
    if found.receivers == 0:
        yield Concern(code="nobody_is_told", level=Level.WARN)


def _watched(found: Condition) -> list[Sight]:
    return [sight for sight in found.sights if sight.state is not SightState.DISABLED]
