"""Originals of cameras that blur faces, and the faces beside: what upkeep takes away, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from upkeep_world import DAY, HOUR, JPEG, MINUTE, NOW, UpkeepWorld, keys, open_world

from analyzer.sweep import end_stale_events
from analyzer.upkeep.policy import Policy
from analyzer.upkeep.reconcile import Reconcile
from analyzer.upkeep.retention import Retention
from analyzer.upkeep.unblurred import NOT_BLURRED, forget_unblurred
from common.adapters.open import open_broker, open_repository, open_store
from common.domain.camera import Camera
from common.domain.crop import crop_key
from common.domain.event import Event, EventState
from common.domain.prediction import Label
from common.domain.shot import Outcome, blurred_key
from common.domain.sighting import Sighting


@pytest.fixture
def world(tmp_path: Path) -> Iterator[UpkeepWorld]:
    yield from open_world(
        open_repository(f"sqlite:///{tmp_path}/rows.db"),
        open_store(f"file://{tmp_path}/pictures"),
        open_broker(f"sqlite:///{tmp_path}/queue.db"),
    )


def add_blurring(world: UpkeepWorld, camera_id: str = "door") -> None:
    with world.repository.begin() as unit:
        unit.cameras.add(Camera(id=camera_id, name=camera_id, url="rtsp://h/1", blur_faces=True, created_at=NOW))


def sweep(world: UpkeepWorld, *, now: datetime = NOW) -> int:
    return forget_unblurred(world.repository, world.store, clock=lambda: now)


@pytest.mark.parametrize("outcome", [Outcome.TAKEN, Outcome.EXPIRED, Outcome.DEAD_LETTERED])
def test_what_was_never_predicted_goes_within_the_hour_and_says_why(world: UpkeepWorld, outcome: Outcome) -> None:
    add_blurring(world)
    old, young = world.take(40 * MINUTE, outcome=outcome), world.take(20 * MINUTE, outcome=outcome)
    long_ago = world.take(20 * DAY, outcome=outcome)  # a spool brought it today
    assert sweep(world) == 2
    assert world.stored() == keys(young)
    assert world.shots() == {
        **{shot.id: replace(shot, image_key=None, reason=NOT_BLURRED) for shot in (old, long_ago)},
        young.id: young,
    }
    assert sweep(world) == 0


def test_what_no_row_names_goes_too(world: UpkeepWorld) -> None:
    add_blurring(world)
    world.take(40 * MINUTE, is_recorded=False)
    assert sweep(world) == 1
    assert world.stored() == set()


def test_blurred_pictures_stay_and_an_original_left_beside_one_goes(world: UpkeepWorld) -> None:
    add_blurring(world)
    shot = world.take(40 * MINUTE, is_recorded=False)
    blurred = replace(shot, image_key=blurred_key(shot.image_key or ""))
    world.store.put(blurred.image_key or "", JPEG)
    with world.repository.begin() as unit:
        unit.shots.record(replace(shot, outcome=Outcome.TAKEN))
        unit.shots.record(blurred)  # as the analyzer does with the prediction
        assert unit.shots.get(shot.id) == blurred
    assert sweep(world) == 1
    assert world.stored() == keys(blurred)
    assert world.shots() == {shot.id: blurred}


def test_pictures_of_before_and_of_other_cameras_stay(world: UpkeepWorld) -> None:
    add_blurring(world)
    world.add_camera("hall")
    before = world.take(40 * MINUTE, Label.NO_MASK)
    other = world.take(40 * MINUTE, camera_id="hall", outcome=Outcome.EXPIRED)
    assert sweep(world) == 0
    assert world.stored() == keys(before, other)


def test_a_camera_that_was_removed_leaves_no_original(world: UpkeepWorld) -> None:
    add_blurring(world)
    kept = world.take(40 * MINUTE, Label.NO_MASK)
    world.take(41 * MINUTE, outcome=Outcome.DEAD_LETTERED)
    with world.repository.begin() as unit:
        unit.cameras.remove("door")
    assert sweep(world) == 1
    assert world.stored() == keys(kept)


def test_a_prediction_that_comes_after_all_names_its_blurred_picture(world: UpkeepWorld) -> None:
    add_blurring(world)
    shot = world.take(40 * MINUTE, outcome=Outcome.TAKEN)
    sweep(world)
    late = replace(shot, outcome=Outcome.PREDICTED, image_key=blurred_key(shot.image_key or ""))
    with world.repository.begin() as unit:
        unit.shots.record(late)
        assert unit.shots.get(shot.id) == late


def test_kept_faces_go_after_their_hours_and_reconcile_knows_them(world: UpkeepWorld) -> None:
    add_blurring(world)
    crops = {}
    for age in (2 * HOUR, 100 * HOUR):
        shot = world.take(age, Label.NO_MASK)
        blurred = blurred_key(shot.image_key or "")
        world.store.put(blurred, JPEG)
        world.store.delete([shot.image_key or ""])
        with world.repository.begin() as unit:
            unit.shots.record(replace(shot, image_key=blurred))
        crops[age] = crop_key(blurred, 0)
        world.store.put(crops[age], JPEG)
    done = Reconcile(repository=world.repository, store=world.store, broker=world.broker, clock=lambda: NOW).run()
    assert (done.orphans, done.gone, done.lost) == (0, 0, 0)
    for is_dry_run in (True, False):
        run = Retention(
            repository=world.repository, store=world.store, policy=Policy(), clock=lambda: NOW, is_dry_run=is_dry_run
        )
        assert run.run().crops == 1
    assert {key for key in world.stored() if key.startswith("crops/")} == {crops[2 * HOUR]}


def test_a_removed_camera_leaves_no_people_and_no_history(world: UpkeepWorld) -> None:
    at = NOW - 40 * DAY
    with world.repository.begin() as unit:
        unit.sightings.save(
            Sighting(id="s", camera_id="gone", began_at=at, seen_at=at, shots=1, label=Label.NO_MASK, snapshot_id="x")
        )
        unit.histories.hold("gone")
        unit.histories.save("gone", "{}")
    Retention(repository=world.repository, store=world.store, policy=Policy(), clock=lambda: NOW).run()
    open_event = Event(
        id="e", rule_id="r", camera_id="gone", state=EventState.FIRING, started_at=at, last_true_at=at, evaluated_at=at,
        fired_at=at, snapshot_id="x",
    )  # fmt: skip
    with world.repository.begin() as unit:
        assert unit.sightings.list() == []
        unit.events.save(open_event)
        assert len(end_stale_events(unit, seen_until=NOW, now=NOW)) == 1
        assert unit.histories.prune() == 0  # ending it made none
