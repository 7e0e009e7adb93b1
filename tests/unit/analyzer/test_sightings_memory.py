"""How people look: kept for minutes, and people are followed without while nobody can say."""

from analyzer.sightings.memory import Memory
from common.adapters.coordination.memory import MemoryCoordination
from common.appearances import KEPT_SECONDS, remember
from common.errors import Unavailable

ONE, OTHER = bytes(32), bytes(range(32))


class ShakyCoordination(MemoryCoordination):
    """Cannot be reached while it is away."""

    is_away = False

    def get_many(self, keys: list[str]) -> list[bytes | None]:
        if self.is_away:
            raise Unavailable("away")
        return super().get_many(keys)


def test_what_was_left_of_a_snapshot_is_found_in_the_order_of_its_faces():
    coordination = MemoryCoordination()
    remember(coordination, "door-1", (ONE, OTHER))
    assert Memory(coordination)({"door-1", "door-2"}) == {"door-1": (ONE, OTHER)}


def test_it_is_forgotten_after_minutes():
    now = 0.0
    coordination = MemoryCoordination(now=lambda: now)
    remember(coordination, "door-1", (ONE,))
    now = KEPT_SECONDS + 1
    assert Memory(coordination)({"door-1"}) == {}


def test_an_outage_costs_only_the_looks():
    coordination = ShakyCoordination()
    memory = Memory(coordination)
    remember(coordination, "door-1", (ONE,))
    coordination.is_away = True
    assert memory({"door-1"}) == {}
    coordination.is_away = False
    assert memory({"door-1"}) == {"door-1": (ONE,)}
