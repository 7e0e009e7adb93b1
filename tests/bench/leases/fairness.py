"""How fair a share is, and what a change moves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from grabber.sharing import assign

Costs = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One kind of change, tried several times: cameras that moved."""

    name: str
    needed: float  # mean, of those that had to move: their grabber is gone, or they are new
    moved: float  # median, beside those; a grabber that comes has to be given cameras, too
    most_moved: int


def draw_costs(cameras: int, seed: int) -> dict[str, int]:
    """CPU milliseconds per second: most cameras near 25, one in ten 4 times that, as long GOPs or short intervals."""
    draw = random.Random(seed)
    return {
        f"{draw.getrandbits(48):012x}": round(draw.uniform(15, 35) * (4 if draw.random() < 0.1 else 1))
        for _ in range(cameras)
    }


def worst_load(costs: Costs, owners: Mapping[str, str], members: Collection[str]) -> float:
    """What the busiest carries, as a multiple of the mean."""
    carried: Counter[str] = Counter()
    for camera_id, owner in owners.items():
        carried[owner] += costs[camera_id]
    return max(carried.values()) * len(members) / sum(costs.values())


def by_hash_alone(costs: Costs, members: Collection[str]) -> dict[str, str]:
    """Where each camera would go if all cost nothing: to the member that its hash puts first."""
    return assign(dict.fromkeys(costs, 0), members)


def in_equal_numbers(costs: Costs, members: Collection[str]) -> dict[str, str]:
    """The same bound on the number of cameras instead of their costs."""
    return assign(dict.fromkeys(costs, 1), members)


def try_changes(costs: Costs, members: Sequence[str], *, trials: int, seed: int) -> list[Change]:
    """What moves when one camera or one grabber comes or goes, or a camera becomes four times as costly.

    Each trial has one grabber less than the one before: the bound moves in steps, and the changes that make it step
    move more than others.
    """
    draw = random.Random(seed)
    changes = {
        "a camera is added": lambda names: ({**costs, f"new-{len(names)}": 25}, names),
        "a camera is removed": lambda names: (_without(costs, draw.choice(sorted(costs))), names),
        "a camera costs 4 times as much": lambda names: (_dearer(costs, draw.choice(sorted(costs))), names),
        "a grabber is added": lambda names: (costs, [*names, f"new-{len(names)}"]),
        "a grabber is removed": lambda names: (costs, sorted({*names} - {draw.choice(names)})),
    }
    moves: dict[str, list[tuple[int, int]]] = {name: [] for name in changes}
    for trial in range(trials):
        names = members[: len(members) - trial]
        before = assign(costs, names)
        for name, change in changes.items():
            moves[name].append(_moved(before, *change(names)))
    return [
        Change(
            name=name,
            needed=fmean(needed for needed, _ in found),
            moved=median(moved for _, moved in found),
            most_moved=max(moved for _, moved in found),
        )
        for name, found in moves.items()
    ]


def _moved(before: Mapping[str, str], costs: Costs, members: Collection[str]) -> tuple[int, int]:
    """Cameras that had to move, and those that moved beside them."""
    after = assign(costs, members)
    differ = [camera_id for camera_id in after if after[camera_id] != before.get(camera_id)]
    needed = sum(1 for camera_id in differ if before.get(camera_id) not in members)
    return needed, len(differ) - needed


def _without(costs: Costs, camera_id: str) -> Costs:
    return {each: cost for each, cost in costs.items() if each != camera_id}


def _dearer(costs: Costs, camera_id: str) -> Costs:
    return {**costs, camera_id: 4 * costs[camera_id]}
