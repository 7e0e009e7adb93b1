"""Grabbers that share cameras on a clock of our own: who holds what, and how long each camera was without anybody.

What decides is the grabber's own code (grabber/sharing.py) and a real coordination adapter; a grabber's round is as in
grabber/service.py and grabber/fleet.py, without the threads that read streams: 10,000 of them would measure themselves.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from common.adapters.coordination.memory import MemoryCoordination
from common.ports.coordination import Lease
from grabber.service import TICK_SECONDS
from grabber.sharing import GROUP, assign, lease_name

LEASE_SECONDS = 6.0  # the setting's default


class CountingCoordination(MemoryCoordination):
    """Counts what would be requests to a server."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now=now)
        self.calls: Counter[str] = Counter()

    def acquire(self, name: str, owner: str, *, ttl: float) -> Lease | None:
        """Counted."""
        self.calls["acquire"] += 1
        return super().acquire(name, owner, ttl=ttl)

    def release(self, name: str, owner: str) -> None:
        """Counted."""
        self.calls["release"] += 1
        super().release(name, owner)

    def announce(self, group: str, member: str, *, ttl: float, info: str = "") -> None:
        """Counted."""
        self.calls["announce"] += 1
        super().announce(group, member, ttl=ttl, info=info)

    def members(self, group: str) -> dict[str, str]:
        """Counted."""
        self.calls["members"] += 1
        return super().members(group)


@dataclass(kw_only=True)
class Replica:
    """One grabber: the leases it holds, and when each was last renewed."""

    name: str
    held: dict[str, float] = field(default_factory=dict)


class World:
    """All grabbers, one event after the other."""

    def __init__(self, costs: Mapping[str, int], *, replicas: int, seed: int) -> None:
        self.costs = dict(costs)
        self.seconds = 0.0
        self.coordination = CountingCoordination(lambda: self.seconds)
        self.holders: dict[str, str] = {}
        self.moves = 0  # leases that changed hands
        self.gaps: list[float] = []  # seconds that a camera was without a holder, each time one had been lost
        self._lost: dict[str, float] = {}
        self._random = random.Random(seed)
        self._shares: dict[frozenset[str], dict[str, list[str]]] = {}  # worked out once for all who see the same
        self._alive: dict[str, Replica] = {}
        self._due: list[tuple[float, str]] = []
        for number in range(replicas):
            self.join(f"grabber-{number}")

    def join(self, name: str) -> None:
        """A grabber starts, at some moment of the second."""
        self._alive[name] = Replica(name=name)
        heapq.heappush(self._due, (self.seconds + self._random.uniform(0, TICK_SECONDS), name))

    def kill(self, count: int) -> list[str]:
        """So many end without a word (kill -9); their names."""
        killed = self._random.sample(sorted(self._alive), count)
        for name in killed:
            for camera_id in self._alive.pop(name).held:
                self._lose(camera_id)
        return killed

    def stop(self, name: str) -> None:
        """One ends in good order: it gives up its leases and withdraws."""
        replica = self._alive.pop(name)
        for camera_id in list(replica.held):
            self._release(replica, camera_id)
        self.coordination.withdraw(GROUP, name)

    def reckon_with(self, costs: Mapping[str, int]) -> None:
        """Cameras were added or removed, or cost something else: all see it at their next round."""
        self.costs = dict(costs)
        self._shares = {}

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.seconds + seconds
        while self._due and self._due[0][0] <= end:
            self.seconds, name = heapq.heappop(self._due)
            if name in self._alive:
                self._tick(self._alive[name])
                heapq.heappush(self._due, (self.seconds + TICK_SECONDS, name))
        self.seconds = end

    def forget_figures(self) -> None:
        """What comes is measured by itself."""
        self.moves, self.gaps = 0, []
        self.coordination.calls.clear()

    @property
    def unattended(self) -> int:
        """Cameras that nobody holds now."""
        return len(self.costs.keys() - self.holders.keys())

    def _tick(self, replica: Replica) -> None:
        self.coordination.announce(GROUP, replica.name, ttl=LEASE_SECONDS, info=f"{len(self.costs)} cameras")
        mine = self._share(replica.name, frozenset({replica.name, *self.coordination.members(GROUP)}))
        wanted = set(mine)
        for camera_id in [each for each in replica.held if each not in wanted]:
            self._release(replica, camera_id)
        for camera_id in mine:
            if self.seconds - replica.held.get(camera_id, -LEASE_SECONDS) >= LEASE_SECONDS / 3:
                self._acquire(replica, camera_id)

    def _share(self, name: str, members: frozenset[str]) -> list[str]:
        if members not in self._shares:
            shares: dict[str, list[str]] = {}
            for camera_id, owner in assign(self.costs, members).items():
                shares.setdefault(owner, []).append(camera_id)
            self._shares[members] = shares
        return self._shares[members].get(name, [])

    def _acquire(self, replica: Replica, camera_id: str) -> None:
        lease = self.coordination.acquire(lease_name(camera_id), replica.name, ttl=LEASE_SECONDS)
        if lease is None:
            return
        if camera_id not in replica.held:
            self.holders[camera_id] = replica.name
            self.moves += 1
            if camera_id in self._lost:
                self.gaps.append(self.seconds - self._lost.pop(camera_id))
        replica.held[camera_id] = self.seconds

    def _release(self, replica: Replica, camera_id: str) -> None:
        del replica.held[camera_id]
        self.coordination.release(lease_name(camera_id), replica.name)
        self._lose(camera_id)

    def _lose(self, camera_id: str) -> None:
        del self.holders[camera_id]
        if camera_id in self.costs:
            self._lost[camera_id] = self.seconds
