"""Jobs that can never be predicted: each ends in the dead letters with its reason, and holds up nobody."""

from common.domain.shot import Outcome
from common.messages import JOBS
from tests.acceptance.installation import wait_for
from tests.chaos.conftest import Watching
from tests.chaos.plant import Plant


def test_poison_is_set_aside_with_its_reason_and_counted(plant: Plant, watch_stills: Watching) -> None:
    broker, store = plant.adapters.broker, plant.adapters.store
    with watch_stills("door") as watch:
        plant.stop("processor")
        broker.publish(JOBS, b"\x00 no JSON at all")
        prefix = f"snapshots/{watch.cameras[0].id}/"
        before = set(store.list(prefix))
        spoilt, gone, *_ = wait_for(
            lambda: sorted(new) if len(new := set(store.list(prefix)) - before) >= 2 else None,
            seconds=30,
            what="two pictures that nobody takes",
        )
        store.put(spoilt, b"\xff\xd8 no picture")
        store.delete([gone])
        plant.start("processor")
        watch.wait_until_served()
        ledger = watch.settle()
    letters = broker.dead_letters(JOBS)
    broker.purge(JOBS)
    assert ledger.faults == []
    assert ledger.losses == {(Outcome.DEAD_LETTERED, "unreadable_image"): 1, (Outcome.DEAD_LETTERED, "not_found"): 1}
    assert len(letters) == 3
    assert sum(letter.body.startswith(b"\x00") for letter in letters) == 1
