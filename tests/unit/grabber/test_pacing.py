"""One grabber finds the pace and all keep to it; without anybody who knows better it lapses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.adapters.open import open_broker
from common.domain.camera import Camera
from common.domain.load import Load
from common.domain.pace import PACE_KEY
from common.domain.schedule import Schedule, Window
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS
from common.ports.broker import Broker
from common.runtime.load import tell_load
from grabber.pacing import LEASE_SECONDS, PERIOD_SECONDS, TTL_SECONDS, Pacing

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
CAMERAS = [
    Camera(id=f"cam{n}", name=f"Door {n}", url="rtsp://door/", interval_seconds=1, created_at=NOW) for n in "123"
]


class Coordination(MemoryCoordination):
    """May be away."""

    is_away = False

    def get_many(self, keys: list[str]) -> list[bytes | None]:
        if self.is_away:
            raise Unavailable("away")
        return super().get_many(keys)


@dataclass
class World:
    """Grabbers on one broker; the script moves the clock."""

    broker: Broker
    seconds: float = 0.0
    cameras: list[Camera] = field(default_factory=lambda: list(CAMERAS))

    def __post_init__(self) -> None:
        self.coordination = Coordination(now=lambda: self.seconds)

    def grabber(self, name: str) -> Pacing:
        return Pacing(
            coordination=self.coordination, broker=self.broker, cameras=lambda: self.cameras, replica=name,
            freshness_seconds=60, clock=lambda: NOW, now=lambda: self.seconds,
        )  # fmt: skip

    def processor_says(self, capacity: float | None) -> None:
        self.coordination.announce("processors", "p1", ttl=1000)
        load = Load(busy=1.0, capacity=capacity)
        tell_load(self.coordination, load, group="processors", member="p1", ttl=1000)

    def queue(self, jobs: int) -> None:
        for _ in range(jobs):
            self.broker.publish(JOBS, b"job")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    broker = open_broker(f"sqlite:///{tmp_path}/queue.db")
    yield World(broker)
    broker.close()


def test_all_grabbers_keep_to_the_pace_that_one_of_them_found(world: World) -> None:
    first, second = world.grabber("g1"), world.grabber("g2")
    world.processor_says(1.0)
    world.queue(20)
    first.look()
    second.look()
    assert first.share(CAMERAS[0]) == second.share(CAMERAS[0])
    assert 0.05 <= first.share(CAMERAS[0]) < 0.34  # a third of what is wanted can be done, and jobs wait


def test_who_leads_next_goes_on_where_the_last_one_stopped(world: World) -> None:
    first, second = world.grabber("g1"), world.grabber("g2")
    world.processor_says(1.0)
    world.queue(20)
    first.look()
    before = first.share(CAMERAS[0])
    world.seconds += LEASE_SECONDS + 1
    world.processor_says(2.0)
    second.look()
    assert before < second.share(CAMERAS[0]) <= 1.1 * before + 1e-9


def test_without_a_queue_nobody_is_stretched(world: World) -> None:
    grabber = world.grabber("g1")
    world.processor_says(1.0)
    grabber.look()
    assert grabber.share(CAMERAS[0]) == 1.0


def test_an_analyzer_that_cannot_keep_up_is_overload_too(world: World) -> None:
    grabber = world.grabber("g1")
    world.processor_says(100.0)
    world.coordination.announce("analyzers", "a1", ttl=1000)
    tell_load(world.coordination, Load(busy=1.0, capacity=2.0), group="analyzers", member="a1", ttl=1000)
    for _ in range(40):
        world.broker.publish(PREDICTIONS, b"prediction")
    grabber.look()
    assert 0.3 < grabber.share(CAMERAS[0]) < 0.67


def test_an_outage_is_no_overload(world: World) -> None:
    grabber = world.grabber("g1")
    world.processor_says(None)
    world.queue(100)
    grabber.look()
    assert grabber.share(CAMERAS[0]) == 1.0


def test_cameras_outside_their_schedule_want_nothing(world: World) -> None:
    never = Schedule(windows=(Window(days=("mon",), start=NOW.time(), end=NOW.replace(hour=13).time()),))  # a Wednesday
    world.cameras = [CAMERAS[0], *(Camera(**{**vars(one), "schedule": never}) for one in CAMERAS[1:])]
    grabber = world.grabber("g1")
    world.processor_says(0.5)
    world.queue(6)
    grabber.look()
    assert grabber.share(CAMERAS[0]) == pytest.approx(0.5, abs=0.1)


def test_while_coordination_is_away_the_last_pace_holds_for_a_minute(world: World) -> None:
    grabber = world.grabber("g1")
    world.processor_says(1.0)
    world.queue(20)
    grabber.look()
    stretched = grabber.share(CAMERAS[0])
    world.coordination.is_away = True
    world.seconds += TTL_SECONDS - PERIOD_SECONDS
    grabber.look()
    assert grabber.share(CAMERAS[0]) == stretched
    world.seconds += 2 * PERIOD_SECONDS
    grabber.look()
    assert grabber.share(CAMERAS[0]) == 1.0


def test_a_pace_that_nobody_can_read_is_none(world: World) -> None:
    world.coordination.put(PACE_KEY, b"{}", ttl=1000)
    grabber = world.grabber("g1")
    grabber.look()
    assert grabber.share(CAMERAS[0]) == 1.0
