"""Several change the same alert or event at once: on PostgreSQL they meet in the row, on SQLite they take turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from analyzer.evaluation import record_predictions
from analyzer.sweep import end_stale_events
from common.adapters.open import open_repository
from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.event import Event, EventState
from common.domain.prediction import Face, Label, Prediction
from common.domain.probe import Probe
from common.domain.rule import Rule
from common.domain.shot import shot_id
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository, Unit
from common.ports.store import ObjectStore
from common.settings import Settings
from console.alerts import acknowledge
from console.context import Console
from maskwatch.backtests import Backtests
from maskwatch.telling import Messenger

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 20.0
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CAMERA = Camera(id="door", name="Main door", url="rtsp://host/door", created_at=START)
RULE = Rule(id="rule", name="Without a mask", for_seconds=4, keep_firing_seconds=4)
LIKELY = {"no_mask": 0.9, "mask_incorrect": 0.05, "mask_correct": 0.05}
BARE = Face(box=(10.0, 10.0, 50.0, 50.0), score=0.9, landmarks=(), label=Label.NO_MASK, probabilities=LIKELY)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def prediction(seconds: float, *faces: Face) -> Prediction:
    return Prediction(
        snapshot_id=shot_id("door", at(seconds)),
        camera_id="door",
        scheduled_at=at(seconds),
        captured_at=at(seconds),
        predicted_at=at(seconds + 1),
        image_key=f"{seconds}.jpg",
        width=640,
        height=480,
        faces=faces,
        model={},
    )


class Installation:
    """One camera whose alert fires at second 4."""

    def __init__(self, repository: Repository, url: str) -> None:
        self.repository = repository
        self._url = url.replace("+psycopg2", "")
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.rules.add(RULE)
            for seconds in (-2, 0, 2, 4):  # who is seen for the second time is judged
                self.see(unit, seconds, BARE)

    def see(self, unit: Unit, seconds: float, *faces: Face) -> None:
        record_predictions(unit, [prediction(seconds, *faces)], now=at(seconds))

    @contextmanager
    def meanwhile(self, change: Callable[[], object]) -> Iterator[Unit]:
        """A unit that is committed only once `change`, in a unit of its own, waits for it."""
        with ThreadPoolExecutor(1) as pool:
            with self.repository.begin() as unit:
                yield unit
                changing = pool.submit(change)
                self.wait_for_a_waiting_one()
            changing.result(PATIENCE_SECONDS)

    def stored(self) -> tuple[list[Event], list[Alert]]:
        with self.repository.begin() as unit:
            return unit.events.list(), unit.alerts.list()

    def wait_for_a_waiting_one(self) -> None:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        server = psycopg2.connect(self._url)
        server.autocommit = True
        deadline = time.monotonic() + PATIENCE_SECONDS
        with server.cursor() as cursor:
            cursor.execute(waiting)
            while cursor.fetchone() == (0,):
                assert time.monotonic() < deadline, "nobody waits"
                time.sleep(0.01)
                cursor.execute(waiting)
        server.close()


@pytest.fixture
def installation(fresh_postgres_url: str) -> Iterator[Installation]:
    repository = open_repository(fresh_postgres_url)
    repository.upgrade()
    yield Installation(repository, fresh_postgres_url)
    repository.close()


@pytest.fixture
def console(installation: Installation, store: ObjectStore, coordination: Coordination, broker: Broker) -> Console:
    def probe(camera: Camera) -> Probe:
        raise AssertionError(f"nobody asks for {camera.name} here")

    return Console(
        repository=installation.repository, store=store, coordination=coordination, broker=broker, probe=probe,
        discover=lambda search: [], messenger=Messenger(Settings()), backtest=Backtests(Settings()),
        secret_key="a key of the tests",
        clock=lambda: at(7),
    )  # fmt: skip


def resolve(installation: Installation) -> None:
    """Two pictures without anybody: the event ends."""
    with installation.repository.begin() as unit:
        installation.see(unit, 6)
    with installation.repository.begin() as unit:
        installation.see(unit, 8)


def test_an_alert_that_is_acknowledged_while_it_is_being_resolved_is_both(
    installation: Installation, console: Console
) -> None:
    _events, [fired] = installation.stored()
    with installation.repository.begin() as unit:
        installation.see(unit, 6)
    with installation.meanwhile(lambda: acknowledge(console, fired.id, by="ada", note="on my way")) as unit:
        installation.see(unit, 8)
    _events, [alert] = installation.stored()
    assert (alert.state, alert.resolved_at) == (AlertState.RESOLVED, at(8))
    assert (alert.acknowledged_by, alert.note) == ("ada", "on my way")


def test_an_alert_that_is_resolved_while_it_is_being_acknowledged_is_both(installation: Installation) -> None:
    with installation.meanwhile(lambda: resolve(installation)) as unit:
        [alert] = unit.alerts.list()
        unit.alerts.save(replace(alert, acknowledged_at=at(7), acknowledged_by="ada", note="on my way"))
    _events, [alert] = installation.stored()
    assert (alert.state, alert.resolved_at) == (AlertState.RESOLVED, at(8))
    assert (alert.acknowledged_by, alert.note) == ("ada", "on my way")


def sweep(installation: Installation, *, until: float) -> None:
    with installation.repository.begin() as unit:
        end_stale_events(unit, seen_until=at(until), now=at(until))


def test_a_sweep_does_not_end_an_event_that_a_picture_is_moving_on(installation: Installation) -> None:
    with installation.meanwhile(lambda: sweep(installation, until=70)) as unit:
        installation.see(unit, 30, BARE)
    [event], [alert] = installation.stored()
    assert (event.state, event.evaluated_at) == (EventState.FIRING, at(30))
    assert alert.state is AlertState.FIRING


def test_a_picture_that_comes_while_a_sweep_ends_its_event_shows_that_it_went_on(installation: Installation) -> None:
    def see() -> None:
        with installation.repository.begin() as unit:
            installation.see(unit, 30, BARE)

    with installation.meanwhile(see) as unit:
        end_stale_events(unit, seen_until=at(70), now=at(70))
        assert unit.events.open() == []
    [event], [alert] = installation.stored()
    assert (event.state, event.evaluated_at, event.reason) == (EventState.FIRING, at(30), "")
    assert (alert.state, alert.resolved_at, alert.reason) == (AlertState.FIRING, None, "")


def test_a_group_that_is_closed_while_an_alert_joins_it_makes_room_for_another(installation: Installation) -> None:
    first = AlertGroup(id="first", key="rule", rule_id="rule", place="", opened_at=START)
    held: list[AlertGroup] = []

    def join() -> None:
        with installation.repository.begin() as unit:
            held.append(unit.groups.hold(replace(first, id="second")))

    with installation.repository.begin() as unit:
        unit.groups.hold(first)
    with ThreadPoolExecutor(1) as pool:
        with installation.repository.begin() as unit:
            group = unit.groups.get("first", to_change=True)
            joining = pool.submit(join)
            installation.wait_for_a_waiting_one()
            unit.groups.save(replace(group, closed_at=at(1)))
        joining.result(PATIENCE_SECONDS)
    assert [group.id for group in held] == ["second"]
