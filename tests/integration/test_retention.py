"""Retention on real stores and databases of both modes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from upkeep_world import DAY, HOUR, JPEG, NOW, UpkeepWorld, keys, open_world

from analyzer.upkeep.policy import Policy, Reason
from analyzer.upkeep.retention import Removed, Retention
from common.adapters.open import open_broker, open_repository, open_store
from common.domain.event import Event, EventState
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.services)])
def world(request: pytest.FixtureRequest) -> Iterator[UpkeepWorld]:
    folder = request.getfixturevalue("tmp_path")
    broker = open_broker(f"sqlite:///{folder}/queue.db")  # retention has nothing to do with queues
    if request.param == "embedded":
        repository, store = open_repository(f"sqlite:///{folder}/rows.db"), open_store(f"file://{folder}/pictures")
    else:
        status = request.getfixturevalue("server_status")
        repository = open_repository(request.getfixturevalue("fresh_postgres_url"))
        store = open_store(
            request.getfixturevalue("fresh_store_url"),
            access_key=status["s3_access_key"],
            secret_key=status["s3_secret_key"],
        )
    yield from open_world(repository, store, broker)


def retain(world: UpkeepWorld, policy: Policy | None = None, **options: object) -> Removed:
    retention = Retention(
        repository=world.repository, store=world.store, policy=policy or Policy(), clock=lambda: NOW, **options
    )
    return retention.run()


def test_pictures_and_rows_go_when_their_camera_says_so_and_statistics_stay(world: UpkeepWorld) -> None:
    world.add_camera("door", retention_days=7)
    world.add_camera("hall", retention_days=30)
    old = world.take(8 * DAY, camera_id="door")
    young = world.take(6 * DAY, camera_id="door")
    other = world.take(8 * DAY, camera_id="hall")
    removed_camera = world.take(31 * DAY, camera_id="gone")
    world.take(8 * DAY + HOUR, outcome=Outcome.SKIPPED, is_stored=False)
    removed = retain(world)
    assert world.stored() == keys(young, other)
    assert set(world.shots()) == {young.id, other.id}
    assert (removed.shots, removed.pictures[Reason.AGE], removed.picture_bytes[Reason.AGE]) == (3, 2, 2 * len(JPEG))
    with world.repository.begin() as unit:
        assert set(unit.predictions.get_many([old.id, young.id, removed_camera.id])) == {young.id}
        assert sum(row.scheduled for row in unit.statistics.query(by=Grouping.HOUR)) == 5


def test_a_dry_run_tells_what_the_run_then_does(world: UpkeepWorld) -> None:
    world.add_camera(retention_days=7)
    for age in (9 * DAY, 8 * DAY, 5 * DAY, 4 * DAY, 3 * DAY, HOUR / 2):
        world.take(age, Label.NO_MASK)
    world.take(5 * DAY + HOUR, Label.MASK_CORRECT)
    policy = Policy(keep_clean=2 * DAY, limit_bytes=2 * len(JPEG))
    before, rows = world.stored(), world.shots()
    told = retain(world, policy, is_dry_run=True)
    assert (world.stored(), world.shots()) == (before, rows)
    assert retain(world, policy) == told
    assert told.pictures == {Reason.AGE: 2, Reason.CLEAN: 1, Reason.SIZE: 2}
    assert retain(world, policy) == Removed()


def test_an_alerts_picture_stays_as_long_as_its_alert(world: UpkeepWorld) -> None:
    world.add_camera(retention_days=7)
    shown, plain = world.take(100 * DAY, Label.NO_MASK), world.take(100 * DAY + HOUR, Label.NO_MASK)
    alert = world.raise_alert(shown, is_resolved=True)
    policy = Policy(keep_alerts=365 * DAY, keep_clean=DAY, limit_bytes=1)
    retain(world, policy)
    assert world.stored() == keys(shown)
    assert set(world.shots()) == {shown.id}
    with world.repository.begin() as unit:
        assert unit.predictions.get(shown.id).faces
        assert unit.alerts.get(alert.id) == alert
    removed = retain(world, Policy(keep_alerts=99 * DAY))
    assert (removed.alerts, removed.shots, removed.pictures[Reason.AGE]) == (1, 1, 1)
    assert (world.stored(), world.shots()) == (set(), {})
    assert plain.id not in world.shots()


def test_a_firing_alert_is_never_too_old(world: UpkeepWorld) -> None:
    shown = world.take(400 * DAY, Label.NO_MASK)
    world.raise_alert(shown)
    assert retain(world, Policy(keep_alerts=DAY)) == Removed()
    assert world.stored() == keys(shown)


def test_what_an_open_event_may_yet_show_stays(world: UpkeepWorld) -> None:
    shot = world.take(40 * DAY, Label.MASK_CORRECT)
    pending = Event(
        id="event",
        rule_id="rule",
        camera_id="door",
        state=EventState.PENDING,
        started_at=shot.scheduled_at,
        last_true_at=shot.scheduled_at,
        evaluated_at=shot.scheduled_at,
        snapshot_id=shot.id,
    )
    with world.repository.begin() as unit:
        unit.events.save(pending)
    policy = Policy(keep_clean=DAY, limit_bytes=1)
    assert retain(world, policy) == Removed()
    assert (world.stored(), world.shots()) == (keys(shot), {shot.id: shot})
    with world.repository.begin() as unit:
        unit.events.drop(pending.id)
    assert retain(world, policy).shots == 1
    assert world.stored() == set()


def test_pictures_without_a_fault_go_earlier_and_their_rows_stay(world: UpkeepWorld) -> None:
    world.add_camera()
    clean, empty = world.take(3 * DAY, Label.MASK_CORRECT), world.take(3 * DAY + HOUR)
    kept = [
        world.take(3 * DAY + 2 * HOUR, Label.MASK_CORRECT, Label.NO_MASK),
        world.take(3 * DAY + 3 * HOUR, Label.UNCERTAIN),
        world.take(3 * DAY + 4 * HOUR, outcome=Outcome.EXPIRED),  # nobody looked at it
        world.take(DAY, Label.MASK_CORRECT),
    ]
    removed = retain(world, Policy(keep_clean=2 * DAY))
    assert removed.pictures[Reason.CLEAN] == 2
    assert world.stored() == keys(*kept)
    rows = world.shots()
    assert [rows[shot.id].image_key for shot in (clean, empty)] == [None, None]
    assert all(rows[shot.id] == shot for shot in kept)
    with world.repository.begin() as unit:
        assert unit.predictions.get(clean.id).faces


def test_over_its_bound_the_oldest_go_first_of_whichever_camera(world: UpkeepWorld) -> None:
    taken = [
        world.take(age * DAY, Label.NO_MASK, camera_id=camera)
        for age, camera in ((6, "b"), (5, "a"), (4, "b"), (3, "a"))
    ]
    fresh = world.take(HOUR / 2, Label.NO_MASK)
    removed = retain(world, Policy(limit_bytes=3 * len(JPEG)))
    assert removed.pictures[Reason.SIZE] == 2
    assert world.stored() == keys(*taken[2:], fresh)
    retain(world, Policy(limit_bytes=1))
    assert world.stored() == keys(fresh)  # it may be on its way to the models
    assert set(world.shots()) == {shot.id for shot in [*taken, fresh]}


def test_strangers_files_are_left_alone(world: UpkeepWorld) -> None:
    world.take(400 * DAY)
    world.store.put("snapshots/door/notes.jpg", b"not ours")
    world.store.put("models/a.onnx", b"not ours")
    retain(world, Policy(limit_bytes=1))
    assert world.stored() == {"snapshots/door/notes.jpg", "models/a.onnx"}


def test_a_stopped_run_is_finished_by_the_next(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.upkeep.pages.PAGE", 2)
    monkeypatch.setattr("analyzer.upkeep.retention.PAGE", 2)
    for number in range(7):
        world.take(40 * DAY + number * HOUR)
    answers = iter([True, True])
    retain(world, go_on=lambda: next(answers, False))
    assert len(world.shots()) == 3
    retain(world)
    assert (world.stored(), world.shots()) == (set(), {})
