"""Upkeep beside the analyzer: when it is due, one replica at a time, and never at the alerts' expense."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from upkeep_world import DAY, HOUR, JPEG, NOW, UpkeepWorld, keys, open_world

from analyzer.service import AnalyzerService
from analyzer.upkeep.policy import Policy
from analyzer.upkeep.service import LEASE, Upkeep
from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.domain.shot import Outcome
from common.domain.storage import STORAGE_KEY, Storage
from common.errors import Unavailable
from common.messages import SHOTS, encode
from common.ports.coordination import Coordination

PATIENCE_SECONDS = 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[UpkeepWorld]:
    yield from open_world(
        open_repository(f"sqlite:///{tmp_path}/rows.db"),
        open_store(f"file://{tmp_path}/pictures"),
        open_broker(f"sqlite:///{tmp_path}/queue.db"),
    )


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def coordination(request: pytest.FixtureRequest) -> Iterator[Coordination]:
    opened = open_coordination("memory://" if request.param == "memory" else request.getfixturevalue("fresh_redis_url"))
    yield opened
    opened.close()


def upkeep_of(world: UpkeepWorld, coordination: Coordination, *, owner: str = "one") -> Upkeep:
    return Upkeep(
        repository=world.repository,
        store=world.store,
        broker=world.broker,
        coordination=coordination,
        policy=Policy(),
        owner=owner,
        clock=lambda: NOW,
        look_seconds=0.05,
    )


def test_what_is_due_is_done_once_by_whoever_comes_first(world: UpkeepWorld, coordination: Coordination) -> None:
    young = world.take(DAY)
    world.take(40 * DAY)
    world.take(2 * HOUR, is_recorded=False)
    upkeep_of(world, coordination).look(threading.Event())
    assert world.stored() == keys(young)
    later = world.take(50 * DAY)
    upkeep_of(world, coordination, owner="two").look(threading.Event())
    assert world.stored() == keys(young, later)  # not due again for an hour
    assert coordination.leases() == {}


def test_what_lies_in_the_store_is_counted_on_the_way(world: UpkeepWorld, coordination: Coordination) -> None:
    for age in (DAY, 2 * DAY):
        world.take(age)
    world.take(2 * HOUR, is_recorded=False)  # an orphan, which goes
    upkeep_of(world, coordination).look(threading.Event())
    said = coordination.get(STORAGE_KEY)
    assert said is not None
    assert TypeAdapter(Storage).validate_json(said) == Storage(at=NOW, pictures=2, bytes=2 * len(JPEG))


def test_another_replica_at_it_is_left_alone(world: UpkeepWorld, coordination: Coordination) -> None:
    old = world.take(40 * DAY)
    coordination.acquire(LEASE, "two", ttl=60)
    upkeep_of(world, coordination).look(threading.Event())
    assert world.stored() == keys(old)
    coordination.release(LEASE, "two")
    upkeep_of(world, coordination).look(threading.Event())
    assert world.stored() == set()


def test_a_stopped_service_begins_nothing(world: UpkeepWorld, coordination: Coordination) -> None:
    old, stop = world.take(40 * DAY), threading.Event()
    stop.set()
    upkeep_of(world, coordination).look(stop)
    assert world.stored() == keys(old)


class _AwayAtFirst:
    """A real store that does not answer the first listing."""

    def __init__(self, world: UpkeepWorld, error: Exception) -> None:
        self._world = world
        self._errors = [error]
        self.delete = world.store.delete

    def objects(self, prefix: str = "") -> object:
        if self._errors:
            raise self._errors.pop()
        return self._world.store.objects(prefix)


@pytest.mark.parametrize("error", [Unavailable("the store is away"), RuntimeError("a surprise")])
def test_the_analyzer_goes_on_and_upkeep_comes_back_after_an_error(world: UpkeepWorld, error: Exception) -> None:
    world.add_camera()  # one that is gone can no longer say that its pictures may stay unblurred
    world.take(40 * DAY)
    coordination, stop = open_coordination("memory://"), threading.Event()
    upkeep = replace(upkeep_of(world, coordination), store=_AwayAtFirst(world, error))
    service = AnalyzerService(
        repository=world.repository, broker=world.broker, coordination=coordination, beside={"upkeep": upkeep.run}
    )
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    shot = world.take(DAY, outcome=Outcome.TAKEN, is_recorded=False)
    world.broker.publish(SHOTS, encode(shot))
    for _ in range(PATIENCE_SECONDS * 20):
        if shot.id in world.shots() and world.stored() == keys(shot):
            break
        stop.wait(0.05)
    stop.set()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert (set(world.shots()), world.stored()) == ({shot.id}, keys(shot))
