"""RabbitMQ, PostgreSQL, Redis and the S3 server go away and come back, or answer slowly."""

import time

import pytest

from tests.chaos.conftest import Watching
from tests.chaos.plant import LEASE_SECONDS, Plant

AWAY_SECONDS = 2.0  # beside what it takes to start again, two to four seconds
SLOW_SECONDS = 1.5  # for each packet; a picture is at least one each way


@pytest.mark.parametrize("server", ["rabbitmq", "postgresql", "s3"])
def test_a_killed_server_only_delays(plant: Plant, watch_stills: Watching, server: str) -> None:
    with watch_stills("door", "till") as watch:
        plant.servers.kill(server)
        time.sleep(AWAY_SECONDS)
        plant.servers.start(server)
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses


def test_a_killed_redis_that_forgets_everything_costs_no_slot_twice(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door", "till", "yard") as watch:
        plant.servers.kill("redis")
        plant.servers.start("redis")
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses


def test_without_redis_for_longer_than_a_lease_the_slots_missed_are_counted_afterwards(
    plant: Plant, watch_stills: Watching
) -> None:
    with watch_stills("door", "till", "yard") as watch:
        plant.servers.stop("redis")
        time.sleep(LEASE_SECONDS + AWAY_SECONDS)
        plant.servers.start("redis")
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
    assert ledger.skipped["unattended"]


def test_a_slow_store_makes_shots_late_at_most(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door", "till") as watch:
        plant.servers.s3.delay_seconds = SLOW_SECONDS
        watch.wait_until_served(shots=1)
        plant.servers.s3.heal()
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
