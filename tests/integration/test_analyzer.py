"""The analyzer on real queues and databases of both modes: messages in, numbers, events and alerts out."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.service import AnalyzerService
from common.adapters.open import open_broker, open_coordination, open_repository
from common.domain.alert import AlertState
from common.domain.camera import Camera
from common.domain.event import EventState
from common.domain.prediction import CLASSES, Face, Label, Prediction
from common.domain.rule import Rule
from common.domain.shot import Outcome, Shot, shot_id
from common.domain.statistics import Grouping
from common.errors import NotFound, Unavailable
from common.messages import PREDICTIONS, SHOTS, encode

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CAMERA = Camera(id="door", name="Main door", url="rtsp://host/door", site="Shop 1", created_at=START)
RULE = Rule(id="rule", name="Without a mask", for_seconds=4, keep_firing_seconds=4)
PATIENCE_SECONDS = 30


def at(seconds):
    return START + timedelta(seconds=seconds)


def shot(seconds, outcome=Outcome.TAKEN, *, camera_id="door"):
    return Shot(id=shot_id(camera_id, at(seconds)), camera_id=camera_id, scheduled_at=at(seconds), outcome=outcome)


def face(label, number):
    """The number-th from the left."""
    box = (10.0 + 80 * number, 10.0, 50.0 + 80 * number, 50.0)
    probabilities = {each.value: 0.9 if each is label else 0.05 for each in CLASSES}  # two pictures are needed
    return Face(box=box, score=0.9, landmarks=(), label=label, probabilities=probabilities)


def prediction(seconds, bare=0, masked=0, *, camera_id="door"):
    labels = [Label.NO_MASK] * bare + [Label.MASK_CORRECT] * masked
    return Prediction(
        snapshot_id=shot_id(camera_id, at(seconds)),
        camera_id=camera_id,
        scheduled_at=at(seconds),
        captured_at=at(seconds),
        predicted_at=at(seconds + 1),
        image_key=f"{seconds}.jpg",
        width=640,
        height=480,
        faces=tuple(face(label, number) for number, label in enumerate(labels)),
        model={},
    )


class Installation:
    """One broker and one database; analyzers come and go on them."""

    def __init__(self, *, broker_url, database_url):
        self.broker_url = broker_url
        self.broker, self.repository = open_broker(broker_url), open_repository(database_url)
        self.told = []
        self.clock = lambda: at(0)
        self._running = None
        self._drains = 0

    def publish(self, *messages):
        for message in messages:
            self.broker.publish(SHOTS if isinstance(message, Shot) else PREDICTIONS, encode(message))

    def start(self, *, repository=None):
        broker = open_broker(self.broker_url)
        service = AnalyzerService(
            repository=repository or self.repository,
            broker=broker,
            coordination=open_coordination("memory://"),
            clock=lambda: self.clock(),
            on_alert=lambda alert, camera, rule: self.told.append((alert.state, alert.summary, camera, rule)),
            sweep_seconds=0.05,
        )
        stop = threading.Event()
        thread = threading.Thread(target=service.run, args=(stop,), daemon=True)
        thread.start()
        self._running = (stop, thread, broker)

    def stop(self):
        if self._running is not None:
            stop, thread, broker = self._running
            self._running = None
            stop.set()
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()
            broker.close()

    def wait_until(self, predicate):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not predicate():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)

    def drain(self):
        """Wait until all that was published is done: it is, once what was published behind it is."""
        self.wait_until(lambda: all(self.broker.state(queue).ready == 0 for queue in (PREDICTIONS, SHOTS)))
        self._drains += 1
        last = [
            shot(self._drains, Outcome.FAILED, camera_id="shots"),
            prediction(self._drains, camera_id="predictions"),
        ]
        self.publish(*last)
        for message in last:
            self.wait_until(lambda message=message: self._is_recorded(shot_id(message.camera_id, message.scheduled_at)))

    def _is_recorded(self, snapshot_id):
        try:
            with self.repository.begin() as unit:
                unit.shots.get(snapshot_id)
        except NotFound:
            return False
        return True

    def statistics(self):
        with self.repository.begin() as unit:
            [row] = unit.statistics.query(by=Grouping.CAMERA, camera_id="door")
        return {outcome: number for outcome, number in row.shots.items() if number}, row.faces, row.alerts

    def events(self):
        with self.repository.begin() as unit:
            return unit.events.list(), unit.alerts.list()


@pytest.fixture(params=["embedded", pytest.param("distributed", marks=pytest.mark.services)])
def installation(request, tmp_path):
    if request.param == "embedded":
        urls = {"broker_url": f"sqlite:///{tmp_path}/queue.db", "database_url": f"sqlite:///{tmp_path}/maskwatch.db"}
    else:
        urls = {
            "broker_url": request.getfixturevalue("fresh_amqp_url"),
            "database_url": request.getfixturevalue("fresh_postgres_url"),
        }
    installation = Installation(**urls)
    installation.repository.upgrade()
    with installation.repository.begin() as unit:
        unit.cameras.add(CAMERA)
        unit.rules.add(RULE)
    yield installation
    installation.stop()
    installation.broker.close()
    installation.repository.close()


def test_predictions_become_one_alert_that_fires_and_resolves_and_is_told_once_each(installation):
    installation.start()
    installation.publish(prediction(-2, bare=2), *(prediction(second, bare=1 + (second == 2)) for second in (0, 2, 4)))
    installation.drain()
    installation.publish(prediction(6, bare=1), *(prediction(second) for second in (8, 10)))
    installation.drain()
    [event], [alert] = installation.events()
    assert (event.state, event.started_at, event.fired_at, event.resolved_at) == (
        EventState.RESOLVED,
        at(0),
        at(4),
        at(10),
    )
    assert (alert.image_key, alert.count) == ("2.jpg", 2)
    assert installation.told == [
        (AlertState.FIRING, "2 people without a mask for 4 s at Main door (Shop 1)", CAMERA, RULE),
        (AlertState.RESOLVED, "2 people without a mask for 6 s at Main door (Shop 1)", CAMERA, RULE),
    ]


def test_a_restart_in_the_middle_changes_nothing(installation):
    story = [prediction(second, bare=1) for second in (-2, 0, 2, 4, 6)] + [prediction(second) for second in (8, 10)]
    for message in story:  # a new process for every picture
        installation.publish(shot(0), message, message)
        installation.start()
        installation.drain()
        installation.stop()
    [event], [alert] = installation.events()
    assert (event.fired_at, event.resolved_at, alert.state) == (at(4), at(10), AlertState.RESOLVED)
    assert [state for state, *_ in installation.told] == [AlertState.FIRING, AlertState.RESOLVED]
    assert installation.statistics() == ({Outcome.PREDICTED: 7}, {Label.NO_MASK: 5}, 1)


def test_numbers_are_exact_with_both_queues_at_once_duplicates_and_restarts(installation):
    slots = range(60)
    messages = [shot(slot) for slot in slots]
    messages += [shot(slot, Outcome.EXPIRED) if slot % 5 == 0 else prediction(slot, bare=1, masked=2) for slot in slots]
    messages += [shot(slot, Outcome.FAILED) for slot in range(100, 110)]
    messages *= 2
    random.Random(7).shuffle(messages)
    third = len(messages) // 3
    for part in (messages[:third], messages[third : 2 * third], messages[2 * third :]):
        installation.publish(*part)
        installation.start()
        installation.stop()  # wherever it is
    installation.start()
    installation.drain()
    shots, faces, _alerts = installation.statistics()
    assert shots == {Outcome.PREDICTED: 48, Outcome.EXPIRED: 12, Outcome.FAILED: 10}
    assert faces == {Label.NO_MASK: 48, Label.MASK_CORRECT: 96}


def test_a_message_that_cannot_be_read_goes_to_the_dead_letters_and_the_rest_goes_on(installation):
    installation.broker.publish(PREDICTIONS, b'{"type": "prediction", "version": 99, "body": {}}')
    installation.publish(prediction(0, bare=1))
    installation.start()
    installation.drain()
    installation.wait_until(lambda: installation.broker.dead_letters(PREDICTIONS))
    [dead] = installation.broker.dead_letters(PREDICTIONS)
    assert "version 99" in dead.reason
    assert installation.statistics()[0] == {Outcome.PREDICTED: 1}


def test_a_camera_that_stops_delivering_gets_its_alert_resolved(installation):
    installation.start()
    installation.publish(*(prediction(second, bare=1) for second in (-2, 0, 2, 4)))
    installation.wait_until(lambda: len(installation.told) == 1)
    installation.clock = lambda: at(65)
    installation.wait_until(lambda: len(installation.told) == 2)
    [event], _alerts = installation.events()
    assert (event.state, event.resolved_at) == (EventState.RESOLVED, at(64))


class AwayAtFirst:
    """A repository whose server is down for the first units."""

    def __init__(self, repository, *, failures):
        self._repository = repository
        self._failures = failures
        self._lock = threading.Lock()

    def begin(self):
        with self._lock:
            self._failures -= 1
            if self._failures >= 0:
                raise Unavailable("the database does not answer")
        return self._repository.begin()

    def check(self):
        self._repository.check()


def test_an_outage_of_the_database_keeps_the_pictures_in_order(installation):
    installation.publish(*(prediction(second, bare=1) for second in (-2, 0, 2, 4)))
    installation.publish(*(prediction(second) for second in (6, 8)))
    installation.start(repository=AwayAtFirst(installation.repository, failures=4))
    installation.drain()
    [event], _alerts = installation.events()
    assert (event.fired_at, event.resolved_at) == (at(4), at(8))


def make_service(installation, **parts):
    coordination = open_coordination("memory://")
    return AnalyzerService(
        repository=installation.repository, broker=installation.broker, coordination=coordination, **parts
    )


def test_a_listener_that_fails_does_not_bring_the_message_back(installation):
    def fail(alert, camera, rule):
        raise RuntimeError("no network")

    service = make_service(installation, on_alert=fail)
    service.take_predictions([prediction(second, bare=1) for second in (-2, 0, 2, 4)])
    assert len(installation.events()[1]) == 1
    assert set(service.checks) == {"broker", "database"}


def test_a_sweep_that_fails_ends_neither_the_next_nor_the_analyzer(installation):
    ticks = []

    def tick(repository, now):
        ticks.append(now)
        raise RuntimeError("a surprise")

    service, stop = make_service(installation, tick=tick, sweep_seconds=0.01), threading.Event()
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    installation.wait_until(lambda: len(ticks) >= 3)
    stop.set()
    thread.join(20)


def test_what_fails_in_a_sweep_undoes_nothing_else_of_it(installation):
    def fail(repository, now):
        raise RuntimeError("a surprise")

    clock = [at(5)]
    service = make_service(installation, tick=fail, clock=lambda: clock[-1])
    service.take_predictions([prediction(second, bare=1) for second in (-2, 0, 2, 4)])
    clock.append(at(4000))
    with pytest.raises(RuntimeError):
        service.sweep()
    assert installation.events()[0][0].state is EventState.RESOLVED


def test_what_becomes_due_is_looked_at_for_a_tenth_of_the_time_at_most(installation):
    ticks = []

    def slow(repository, now):
        ticks.append(now)
        time.sleep(0.5)  # then 4.5 s belong to the pictures: more than these sweeps take

    service = make_service(installation, tick=slow)
    for _ in range(3):
        service.sweep()
    assert len(ticks) == 1


def test_one_of_several_replicas_sweeps_at_a_time(installation):
    coordination, ticks = open_coordination("memory://"), []
    first, second = (
        AnalyzerService(
            repository=installation.repository,
            broker=installation.broker,
            coordination=coordination,
            replica=name,
            tick=lambda repository, now, name=name: ticks.append(name),
        )
        for name in ("first", "second")
    )
    for service in (first, second, first):
        service.sweep()
    assert ticks == ["first", "first"]
