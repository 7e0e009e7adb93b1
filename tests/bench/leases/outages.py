"""One cluster's life: it starts, grabbers die, stop and come back, cameras are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.leases.world import World

SETTLE_SECONDS = 20.0  # far more than a lease: whoever has no holder after it has none for another reason


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What came of one thing that happened."""

    key: str
    name: str
    is_death: bool
    moves: int  # leases that changed hands
    gaps: tuple[float, ...]  # seconds without a holder, of each camera that lost one
    unattended: int  # cameras without a holder at the end
    acquires_a_second: float  # of all grabbers
    meetings_a_second: float


def play(costs: Mapping[str, int], *, replicas: int, seed: int) -> list[Episode]:
    """Each episode begins where the last one ended."""
    world = World(costs, replicas=replicas, seed=seed)
    many, dead = replicas // 5, []

    def start() -> None:
        """They are there already."""

    def rest() -> None:
        """Nothing happens."""

    def kill_one() -> None:
        dead.extend(world.kill(1))

    def kill_many() -> None:
        dead.extend(world.kill(many))

    def come_back() -> None:
        while dead:
            world.join(dead.pop())

    def stop_one() -> None:
        world.stop(sorted(set(world.holders.values()))[0])

    def add_cameras() -> None:
        world.reckon_with({**world.costs, **{f"new-{number}": 25 for number in range(len(costs) // 100)}})

    return [
        _episode(world, "start", f"{replicas} grabbers start at once", start),
        _episode(world, "rest", "nothing", rest),
        _episode(world, "kill_one", "kill -9 of 1", kill_one, is_death=True),
        _episode(world, "kill_many", f"kill -9 of {many} more at once", kill_many, is_death=True),
        _episode(world, "come_back", "all those come back", come_back),
        _episode(world, "stop_one", "1 is stopped in good order", stop_one),
        _episode(world, "add_cameras", f"{len(costs) // 100} cameras are added", add_cameras),
    ]


def _episode(world: World, key: str, name: str, happen: Callable[[], None], *, is_death: bool = False) -> Episode:
    world.forget_figures()
    happen()
    world.run(SETTLE_SECONDS)
    calls = world.coordination.calls
    return Episode(
        key=key,
        name=name,
        is_death=is_death,
        moves=world.moves,
        gaps=tuple(world.gaps),
        unattended=world.unattended,
        acquires_a_second=calls["acquire"] / SETTLE_SECONDS,
        meetings_a_second=(calls["announce"] + calls["members"]) / SETTLE_SECONDS,
    )
