"""Reconcile on real stores, databases and brokers of both modes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from upkeep_world import DAY, HOUR, JPEG, MINUTE, NOW, UpkeepWorld, keys, open_world

from analyzer.service import AnalyzerService
from analyzer.upkeep.reconcile import JOB_LOST, PICTURE_GONE, Reconcile, Reconciled
from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot, image_key
from common.domain.statistics import Grouping
from common.messages import JOBS, PREDICTIONS, SHOTS, decode, encode

PATIENCE_SECONDS = 30


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.services)])
def world(request: pytest.FixtureRequest) -> Iterator[UpkeepWorld]:
    folder = request.getfixturevalue("tmp_path")
    if request.param == "embedded":
        repository, store = open_repository(f"sqlite:///{folder}/rows.db"), open_store(f"file://{folder}/pictures")
        broker = open_broker(f"sqlite:///{folder}/queue.db")
    else:
        own = request.getfixturevalue("fresh_services")
        repository, broker = open_repository(own.postgres_url), open_broker(own.amqp_url)
        store = open_store(own.store_url, access_key=own.s3_access_key, secret_key=own.s3_secret_key)
    yield from open_world(repository, store, broker)


def outcome(*, pictures: int, **more: int) -> Reconciled:
    """Of pictures that are all alike."""
    return Reconciled(pictures=pictures, picture_bytes=pictures * len(JPEG), **more)


def reconcile(world: UpkeepWorld, **options: object) -> Reconciled:
    run = Reconcile(repository=world.repository, store=world.store, broker=world.broker, clock=lambda: NOW, **options)
    return run.run()


def told(world: UpkeepWorld) -> list[Shot]:
    """What lies in the queue of shots."""
    subscription, found = world.broker.subscribe(SHOTS, prefetch=10), []
    try:
        while (delivery := subscription.receive(2.0)) is not None:
            found.append(decode(Shot, delivery.body))
            delivery.ack()
    finally:
        subscription.close()
    return found


def test_where_all_agrees_nothing_changes(world: UpkeepWorld) -> None:
    for number in range(5):
        world.take(HOUR + number * DAY, camera_id="abc"[number % 3])
    world.take(HOUR, outcome=Outcome.FAILED, is_stored=False, is_recorded=False)
    before, rows = world.stored(), world.shots()
    assert reconcile(world) == outcome(pictures=5)
    assert (world.stored(), world.shots()) == (before, rows)


def test_a_picture_that_no_shot_names_is_deleted_once_it_is_an_hour_old(world: UpkeepWorld) -> None:
    known = world.take(3 * HOUR)
    world.take(2 * HOUR, is_recorded=False)
    unnamed = world.take(4 * HOUR)  # its slot was counted by the grabber that took over
    with world.repository.begin() as unit:
        unit.retention.forget_pictures([unnamed.id])
    young = world.take(30 * MINUTE, is_recorded=False)
    assert reconcile(world, is_dry_run=True).orphans == 2
    done = reconcile(world)
    assert (done.orphans, done.orphan_bytes, done.pictures) == (2, 2 * len(JPEG), 4)
    assert world.stored() == keys(known, young)
    assert reconcile(world) == outcome(pictures=2)


def test_a_picture_that_an_alert_shows_is_no_orphan(world: UpkeepWorld) -> None:
    world.take(3 * HOUR)
    shown = world.take(2 * HOUR, is_recorded=False)
    world.raise_alert(shown)
    assert reconcile(world).orphans == 0
    assert world.stored() >= keys(shown)


def test_pictures_of_unknown_cameras_and_strangers_files_stay(world: UpkeepWorld) -> None:
    known = world.take(3 * HOUR)
    foreign = world.take(2 * HOUR, camera_id="anothers", is_recorded=False)
    world.store.put("snapshots/notes.txt", b"not ours")
    done = reconcile(world)
    assert (done.orphans, done.strangers) == (0, 1)
    assert world.stored() == keys(known, foreign) | {"snapshots/notes.txt"}
    assert reconcile(world, with_strangers=True).orphans == 1
    assert world.stored() == keys(known) | {"snapshots/notes.txt"}


def test_a_shot_whose_picture_is_gone_says_so_and_is_restored_when_it_is_back(world: UpkeepWorld) -> None:
    there, gone = world.take(3 * HOUR, Label.NO_MASK), world.take(2 * HOUR, Label.NO_MASK, is_stored=False)
    assert reconcile(world, is_dry_run=True).gone == 1
    assert reconcile(world) == outcome(pictures=1, gone=1)
    assert world.shots() == {there.id: there, gone.id: replace(gone, image_key=None, reason=PICTURE_GONE)}
    assert reconcile(world) == outcome(pictures=1)
    world.store.put(gone.image_key or "", JPEG)
    assert reconcile(world, is_dry_run=True) == outcome(pictures=2, restored=1)
    assert reconcile(world).restored == 1
    assert world.shots() == {there.id: there, gone.id: gone}
    assert world.stored() == keys(there, gone)


def test_while_messages_wait_only_what_is_older_than_what_arrived_is_judged(world: UpkeepWorld) -> None:
    world.take(HOUR)  # the newest that arrived
    old, waiting = world.take(7 * HOUR, is_recorded=False), world.take(90 * MINUTE, is_recorded=False)
    lost = world.take(7 * HOUR + MINUTE, outcome=Outcome.TAKEN)
    world.take(91 * MINUTE, outcome=Outcome.TAKEN)
    world.broker.publish(SHOTS, encode(replace(waiting, outcome=Outcome.TAKEN)))
    done = reconcile(world)
    assert (done.orphans, done.lost, done.postponed) == (1, 1, "")
    assert old.image_key not in world.stored()
    assert waiting.image_key in world.stored()
    assert [shot.id for shot in told(world)] == [waiting.id, lost.id]


def test_dead_letters_that_may_be_replayed_postpone_it(world: UpkeepWorld) -> None:
    world.take(5 * HOUR)
    orphan = world.take(2 * HOUR, is_recorded=False)
    world.broker.publish(PREDICTIONS, b"poison")
    subscription = world.broker.subscribe(PREDICTIONS, prefetch=1)
    delivery = subscription.receive(PATIENCE_SECONDS)
    assert delivery is not None
    delivery.reject("malformed")
    subscription.close()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not world.broker.state(PREDICTIONS).dead and time.monotonic() < deadline:
        time.sleep(0.05)
    done = reconcile(world)
    assert "dead letters wait in predictions" in done.postponed
    assert (done.orphans, done.lost) == (0, 0)
    assert orphan.image_key in world.stored()


def test_an_empty_database_beside_a_full_store_deletes_nothing(world: UpkeepWorld) -> None:
    for number in range(3):
        world.take(2 * HOUR + number * HOUR, is_recorded=False)
    before = world.stored()
    assert reconcile(world).strangers == 3
    assert world.stored() == before


def test_a_lost_shot_is_counted_once_however_often_it_is_told(world: UpkeepWorld) -> None:
    lost = world.take(2 * HOUR, outcome=Outcome.TAKEN)
    young = world.take(30 * MINUTE, outcome=Outcome.TAKEN)
    assert reconcile(world, is_dry_run=True).lost == 1
    assert reconcile(world, go_on=lambda: True).lost == 1
    reconcile(world)
    stop = threading.Event()
    coordination = open_coordination("memory://")
    service = AnalyzerService(repository=world.repository, broker=world.broker, coordination=coordination)
    analyzer = threading.Thread(target=service.run, args=(stop,))
    analyzer.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        state = world.broker.state(SHOTS)
        if world.shots()[lost.id].outcome is Outcome.EXPIRED and not state.ready + state.unacked:
            break
        time.sleep(0.05)
    stop.set()
    analyzer.join(PATIENCE_SECONDS)
    assert world.shots() == {lost.id: replace(lost, outcome=Outcome.EXPIRED, reason=JOB_LOST), young.id: young}
    with world.repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
    assert (row.shots[Outcome.TAKEN], row.shots[Outcome.EXPIRED], row.scheduled) == (1, 1, 2)
    assert world.broker.state(JOBS).ready == 0


def test_more_than_a_page_is_compared_a_page_at_a_time(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pages", "reconcile"):
        monkeypatch.setattr(f"analyzer.upkeep.{module}.PAGE", 2)
    taken = [world.take(2 * HOUR + number * MINUTE, camera_id="ab"[number % 2]) for number in range(9)]
    gone = [world.take(DAY + number * MINUTE, is_stored=False) for number in range(5)]
    for number in range(5):
        world.take(2 * DAY + number * MINUTE, camera_id="a", is_recorded=False)
    looked = []
    assert reconcile(world, on_progress=looked.append) == outcome(
        pictures=14, orphans=5, orphan_bytes=5 * len(JPEG), gone=5
    )
    assert sum(looked) == 14
    assert world.stored() == keys(*taken)
    assert [world.shots()[shot.id].image_key for shot in gone] == [None] * 5
    assert image_key("a", taken[0].scheduled_at) in world.stored()


def test_of_two_pictures_of_one_slot_the_one_that_no_shot_names_goes(world: UpkeepWorld) -> None:
    shot = world.take(2 * HOUR)
    fenced = image_key("door", shot.scheduled_at, token=7)  # of a grabber whose lease had lapsed
    world.store.put(fenced, JPEG)
    assert reconcile(world).orphans == 1
    assert world.stored() == keys(shot)
