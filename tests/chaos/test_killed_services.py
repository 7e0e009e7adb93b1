"""kill -9 of each service, and its restart: what had begun is not lost, and every slot is accounted for."""

import time

from tests.acceptance.installation import wait_for
from tests.chaos.conftest import Watching
from tests.chaos.plant import GRABBERS, Plant

AWAY_SECONDS = 2.0  # several slots of every camera


def test_a_crash_behind_the_grabbers_only_delays(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door", "till", "yard") as watch:
        for service in ("processor", "analyzer", "model-api"):
            plant.kill(service)
            time.sleep(AWAY_SECONDS)
            plant.start(service)
            watch.wait_until_served(shots=1)
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses


def test_a_killed_grabbers_cameras_are_taken_over_and_the_slots_between_are_counted(
    plant: Plant, watch_stills: Watching
) -> None:
    with watch_stills("door", "till", "yard", "hall") as watch:
        victim = watch.owner(watch.cameras[0])
        plant.kill(victim)
        watch.wait_until_served()
        assert {watch.owner(camera) for camera in watch.cameras} == set(GRABBERS) - {victim}
        plant.start(victim)
        watch.wait_until_served()
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
    assert ledger.skipped["unattended"]


def test_all_grabbers_killed_in_mid_shot_again_and_again(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door", "till", "yard") as watch:
        for pause in (0.0, 0.4):
            for name in GRABBERS:
                plant.kill(name)
                plant.start(name)
            watch.wait_until_served(shots=1)
            time.sleep(pause)
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
    assert ledger.skipped["unattended"]


def test_the_console_is_nobodys_need(plant: Plant, watch_stills: Watching) -> None:
    with watch_stills("door") as watch:
        plant.kill("console")
        watch.wait_until_served()
        plant.start("console")
        wait_for(lambda: plant.is_ready("console"), seconds=60, what="the console to be ready again")
        ledger = watch.settle()
    assert ledger.faults == []
    assert not ledger.losses
