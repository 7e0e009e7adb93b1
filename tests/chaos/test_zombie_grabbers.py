"""A grabber stands still, or is parted from Redis: others take over, and once it is back no slot is taken twice."""

import time

from tests.chaos.conftest import Watching
from tests.chaos.plant import GRABBERS, LEASE_SECONDS, Plant

OURS, PARTED = GRABBERS


def test_a_frozen_grabber_is_replaced_and_does_no_harm_when_it_goes_on(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door", "till", "yard", "hall") as watch:
        zombie = watch.owner(watch.cameras[0])
        plant.freeze(zombie)
        watch.wait_until_served()
        assert {watch.owner(camera) for camera in watch.cameras} == set(GRABBERS) - {zombie}
        plant.thaw(zombie)
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
    assert ledger.skipped["unattended"]


def test_a_grabber_parted_from_redis_gives_up_its_cameras_before_others_take_them(
    plant: Plant, watch_stills: Watching
) -> None:
    with watch_stills("door", "till", "yard", "hall") as watch:
        plant.servers.redis.hold()
        time.sleep(2 * LEASE_SECONDS)
        watch.wait_until_served()
        assert {watch.owner(camera) for camera in watch.cameras} == {OURS}
        plant.servers.redis.heal()
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
