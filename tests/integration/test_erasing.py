"""Erasures on real stores and databases of both modes: all that tells of somebody goes, and nothing brings it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from upkeep_world import DAY, FACE, HOUR, MINUTE, NOW, UpkeepWorld, keys, open_world

from analyzer.evaluation import record_predictions
from analyzer.upkeep.erase import ON_THE_WAY, Erase
from common.adapters.open import open_broker, open_repository, open_store
from common.domain.alert_group import AlertGroup
from common.domain.crop import crop_key
from common.domain.decision import Decision, Verdict
from common.domain.erasure import Erased, Erasure, ErasureState, Stretch
from common.domain.feedback import Feedback
from common.domain.notification import Notification, NotificationKind
from common.domain.prediction import Label, Prediction
from common.domain.rule import Condition, Rule
from common.domain.shot import Outcome, Shot, image_key, shot_id
from common.domain.sighting import Sighting
from common.domain.statistics import Grouping
from common.errors import Unavailable

SURE = {"no_mask": 0.9, "mask_incorrect": 0.05, "mask_correct": 0.05}
BARE = replace(FACE, box=(10.0, 10.0, 60.0, 60.0), probabilities=SURE)


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.services)])
def world(request: pytest.FixtureRequest) -> Iterator[UpkeepWorld]:
    folder = request.getfixturevalue("tmp_path")
    broker = open_broker(f"sqlite:///{folder}/queue.db")  # an erasure has nothing to do with queues
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


def ask(world: UpkeepWorld, **fields: object) -> str:
    asked = Erasure(**{"id": "asked", "requested_at": NOW, "by": "ada", "camera_id": "door", **fields})
    with world.repository.begin() as unit:
        unit.erasures.save(asked)
    return asked.id


def erase(world: UpkeepWorld, *, now: datetime = NOW + HOUR, store: object = None) -> Erasure:
    Erase(repository=world.repository, store=store or world.store, clock=lambda: now).run()
    return ledger(world)


def ledger(world: UpkeepWorld) -> Erasure:
    with world.repository.begin() as unit:
        return unit.erasures.get("asked")


def people(world: UpkeepWorld, shot: Shot, *, stays: timedelta = MINUTE) -> None:
    """Somebody who was in the picture and stayed, whose face was kept, and whom somebody judged."""
    key = f"feedback/{shot.camera_id}/{shot.id}-0.jpg"
    for stored in (crop_key(shot.image_key or "", 0), key):
        world.store.put(stored, b"a face")
    at = shot.scheduled_at
    with world.repository.begin() as unit:
        unit.sightings.save(
            Sighting(
                id=f"{shot.id}-0", camera_id=shot.camera_id, began_at=at, seen_at=at + stays, shots=3,
                label=Label.NO_MASK, snapshot_id=shot.id,
            )
        )  # fmt: skip
        unit.feedback.save(
            Feedback(
                id=f"{shot.id}-0", snapshot_id=shot.id, camera_id=shot.camera_id, face=0, box=FACE.box,
                said=Label.NO_MASK, meant=Label.NO_MASK, crop_key=key, by="bob", at=NOW,
            )
        )  # fmt: skip


def tell(world: UpkeepWorld, shot: Shot, group: str = "g") -> None:
    """An alert that shows the picture, of which somebody is to be told."""
    alert = replace(world.raise_alert(shot), group_id=group)
    said = Decision(alert_id=alert.id, number=0, at=NOW, stage="route", verdict=Verdict.PASSED, reason="goes to Anna")
    with world.repository.begin() as unit:
        unit.alerts.save(alert)
        unit.groups.save(AlertGroup(id=group, key=group, rule_id="rule", place="", opened_at=alert.fired_at))
        unit.decisions.add(alert.id, [said])
        unit.notifications.add(
            Notification(
                id=f"n-{shot.id}", key=shot.id, receiver_id="r", kind=NotificationKind.FIRING, group_id=group,
                alert_ids=(alert.id,), created_at=NOW, due_at=NOW,
            )
        )  # fmt: skip


def test_of_a_time_everything_goes_but_the_numbers(world: UpkeepWorld) -> None:
    world.add_camera("door")
    world.add_camera("hall")
    before, within, after = (world.take(age, Label.NO_MASK) for age in (30 * HOUR, 26 * HOUR, 20 * HOUR))
    other = world.take(26 * HOUR, Label.NO_MASK, camera_id="hall")
    for number, shot in enumerate((before, within, after, other)):
        people(world, shot)
        tell(world, shot, group=str(number))
    with world.repository.begin() as unit:
        stretch = Stretch(camera_id="door", start=NOW - 28 * HOUR, end=NOW - 24 * HOUR)
        assert unit.erasing.count(stretch) == Erased(snapshots=1, pictures=1, crops=1, sightings=1, alerts=1)
        numbers = unit.statistics.query(by=Grouping.CAMERA)
    ask(world, start=stretch.start, end=stretch.end)
    done = erase(world)
    assert done.state is ErasureState.DONE
    counts = (done.snapshots, done.pictures, done.crops, done.sightings, done.alerts)
    assert counts == (1, 1, 2, 1, 1)  # two faces: the violating one, and the one that was judged
    assert world.stored() == {
        key
        for shot in (before, after, other)
        for key in (shot.image_key, crop_key(shot.image_key or "", 0), f"feedback/{shot.camera_id}/{shot.id}-0.jpg")
    }
    assert set(world.shots()) == {before.id, after.id, other.id}
    with world.repository.begin() as unit:
        assert unit.predictions.get_many([within.id]) == {}
        assert {one.snapshot_id for one in unit.sightings.list()} == {before.id, after.id, other.id}
        assert {one.snapshot_id for one in unit.alerts.list()} == {before.id, after.id, other.id}
        assert {one.snapshot_id for one in unit.feedback.list()} == {before.id, after.id, other.id}
        assert unit.decisions.of(f"alert-{within.id}") == []
        assert {one.id for one in unit.notifications.list()} == {f"n-{one.id}" for one in (before, after, other)}
        assert unit.groups.get("1").closed_at is not None
        assert unit.groups.get("0").closed_at is None
        assert unit.statistics.query(by=Grouping.CAMERA) == numbers


def test_of_all_cameras_also_those_that_were_removed(world: UpkeepWorld) -> None:
    world.add_camera("door")
    shots = [world.take(2 * DAY, Label.NO_MASK, camera_id=name) for name in ("door", "gone")]
    for shot in shots:
        people(world, shot)
    stranger = "snapshots/unknown/2026/01/01/unknown-1.jpg"
    world.store.put(stranger, b"of another installation")
    ask(world, camera_id="", start=None, end=None)
    assert erase(world).state is ErasureState.DONE
    assert world.stored() == {stranger}
    with world.repository.begin() as unit:
        assert (unit.sightings.list(), unit.feedback.list(), unit.retention.camera_ids()) == ([], [], [])


class Cut(Exception):
    """The process is killed."""


class Kills:
    """A real store that dies at its nth deletion, before or after the pictures are gone."""

    def __init__(self, world: UpkeepWorld, *, at: int, is_after: bool) -> None:
        self._store, self._left, self._is_after = world.store, at, is_after
        self.objects = world.store.objects

    def delete(self, keys: Iterable[str]) -> None:
        self._left -= 1
        if self._left == 0 and not self._is_after:
            raise Cut
        self._store.delete(keys)
        if self._left == 0:
            raise Cut


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("is_after", [False, True])
def test_killed_anywhere_the_next_run_does_the_rest(world: UpkeepWorld, at: int, is_after: bool) -> None:
    world.add_camera("door")
    for number in range(3):
        people(world, world.take(DAY + number * MINUTE, Label.NO_MASK))
    ask(world)
    with pytest.raises(Cut):
        erase(world, store=Kills(world, at=at, is_after=is_after))
    assert ledger(world).state is not ErasureState.DONE
    assert erase(world).state is ErasureState.DONE
    assert (world.stored(), world.shots()) == (set(), {})
    again = ledger(world)
    Erase(repository=world.repository, store=world.store, clock=lambda: NOW + HOUR).run_again()
    assert ledger(world) == again


def test_stopped_between_two_pages_it_is_not_done(world: UpkeepWorld) -> None:
    world.add_camera("door")
    world.take(DAY)
    ask(world)
    answers = iter([True, True, False])
    run = Erase(
        repository=world.repository, store=world.store, clock=lambda: NOW + HOUR, go_on=lambda: next(answers, True)
    )
    run.run()
    assert ledger(world).state is not ErasureState.DONE
    assert erase(world).state is ErasureState.DONE


def test_more_than_a_page_goes_a_page_at_a_time(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pages", "erase"):
        monkeypatch.setattr(f"analyzer.upkeep.{module}.PAGE", 2)
    world.add_camera("door")
    for number in range(5):
        shot = world.take(DAY + number * MINUTE, Label.NO_MASK)
        people(world, shot)
        tell(world, shot, group=str(number))
    ask(world)
    done = erase(world)
    assert (done.snapshots, done.pictures, done.crops, done.sightings, done.alerts) == (5, 5, 10, 5, 5)
    assert (world.stored(), world.shots()) == (set(), {})


def test_what_is_on_its_way_goes_once_it_has_arrived(world: UpkeepWorld) -> None:
    world.add_camera("door")
    waiting = world.take(MINUTE, outcome=Outcome.TAKEN)
    untold = world.take(2 * MINUTE, is_recorded=False)
    settled = world.take(3 * MINUTE)
    ask(world)
    assert erase(world, now=NOW).state is ErasureState.RUNNING
    assert world.stored() == keys(waiting, untold)
    assert set(world.shots()) == {waiting.id}
    with world.repository.begin() as unit:
        unit.shots.record(replace(waiting, outcome=Outcome.PREDICTED))
        unit.shots.record(replace(untold, outcome=Outcome.EXPIRED))
    assert erase(world, now=NOW + 5 * MINUTE).state is ErasureState.DONE
    assert (world.stored(), world.shots()) == (set(), {})
    assert ledger(world).snapshots == 3
    assert settled.id not in world.shots()


def test_what_never_arrives_holds_nothing_up(world: UpkeepWorld) -> None:
    world.add_camera("door")
    world.take(MINUTE, outcome=Outcome.TAKEN)
    ask(world)
    erase(world, now=NOW)
    assert erase(world, now=NOW + ON_THE_WAY + MINUTE).state is ErasureState.DONE
    assert (world.stored(), world.shots()) == (set(), {})


def test_what_a_spool_brings_later_goes_with_the_next_look(world: UpkeepWorld) -> None:
    world.add_camera("door")
    ask(world)
    assert erase(world).state is ErasureState.DONE
    world.take(DAY, outcome=Outcome.EXPIRED)
    later = Erase(repository=world.repository, store=world.store, clock=lambda: NOW + DAY)
    later.run()
    assert len(world.stored()) == 1
    later.run_again()
    assert (world.stored(), world.shots()) == (set(), {})
    assert (ledger(world).pictures, ledger(world).state) == (1, ErasureState.DONE)


def predictions(world: UpkeepWorld, ages: Iterable[timedelta]) -> list[Prediction]:
    found = []
    for age in ages:
        at = NOW - age
        shot = shot_id("door", at)
        found.append(
            Prediction(
                snapshot_id=shot, camera_id="door", scheduled_at=at, captured_at=at, predicted_at=at, width=640,
                height=480, image_key=image_key("door", at), model={},
                faces=(BARE,),
            )
        )  # fmt: skip
    return found


def record(world: UpkeepWorld, some: list[Prediction]) -> None:
    with world.repository.begin() as unit:
        record_predictions(unit, some, now=NOW)


SECONDS = timedelta(seconds=1)


def test_an_open_history_does_not_bring_back_what_was_erased(world: UpkeepWorld) -> None:
    """Somebody stands there all the time, an event is open: the next picture begins both anew."""
    world.add_camera("door")
    with world.repository.begin() as unit:
        unit.rules.add(Rule(id="rule", name="No masks", condition=Condition(label=Label.NO_MASK), for_seconds=1))
    record(world, predictions(world, [10 * SECONDS, 8 * SECONDS, 6 * SECONDS]))
    with world.repository.begin() as unit:
        assert len(unit.events.open(camera_id="door")) == len(unit.sightings.list()) == len(unit.alerts.list()) == 1
    ask(world, requested_at=NOW - 5 * SECONDS)
    assert erase(world, now=NOW).alerts == 1
    with world.repository.begin() as unit:
        assert unit.events.list() == unit.sightings.list() == unit.alerts.list() == unit.shots.list() == []
    record(world, predictions(world, [number * SECONDS for number in (4, 3, 2, 1)]))
    erased_until = NOW - 5 * SECONDS
    with world.repository.begin() as unit:
        [event], [sighting], [alert] = unit.events.list(), unit.sightings.list(), unit.alerts.list()
    assert min(event.started_at, sighting.began_at, alert.started_at) >= erased_until
    assert sighting.shots == 4


def test_of_an_earlier_time_the_history_goes_on_as_it_was(world: UpkeepWorld) -> None:
    world.add_camera("door")
    world.take(DAY, Label.NO_MASK)
    record(world, predictions(world, [10 * SECONDS, 8 * SECONDS]))
    ask(world, end=NOW - HOUR)
    assert erase(world).snapshots == 1
    record(world, predictions(world, [6 * SECONDS]))
    with world.repository.begin() as unit:
        [sighting] = unit.sightings.list()
    assert sighting.shots == 3


def test_an_outage_is_no_end(world: UpkeepWorld) -> None:
    class Away:
        def objects(self, prefix: str = "") -> None:
            raise Unavailable("the store is away")

    world.add_camera("door")
    world.take(DAY)
    ask(world)
    with pytest.raises(Unavailable):
        erase(world, store=Away())
    assert erase(world).state is ErasureState.DONE
    assert world.stored() == set()
