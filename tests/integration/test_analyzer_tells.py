"""From predictions to webhooks: once each, also when the analyzer is killed again and again."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from message_servers import http_receiver

from common.domain.camera import Camera
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.prediction import Face, Label, Prediction
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Rule
from common.domain.shot import image_key, shot_id
from common.messages import PREDICTIONS, encode
from common.ports.clock import utc_now
from common.settings import Settings
from maskwatch.wiring import analyzer_service, open_adapters
from tests.acceptance.installation import Installation, wait_for

PATIENCE_SECONDS = 60
BARE = Face(box=(10.0, 10.0, 60.0, 60.0), score=0.9, landmarks=(), label=Label.NO_MASK, probabilities={"no_mask": 1.0})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data=tmp_path / "data", external_url="https://watch.example")


@pytest.fixture
def adapters(settings):
    opened = open_adapters(settings)
    opened.repository.upgrade()
    yield opened
    opened.close()


def add_hooks(repository, url, number=1):
    with repository.begin() as unit:
        for place in range(number):
            unit.receivers.add(
                Receiver(
                    id=f"hook{place}",
                    name=f"Hook {place}",
                    kind=ReceiverKind.WEBHOOK,
                    url=f"{url}/{place}",
                    secret="shared",
                    created_at=utc_now(),
                )
            )


def prediction(at: datetime, *faces: Face) -> Prediction:
    return Prediction(
        snapshot_id=shot_id("door", at),
        camera_id="door",
        scheduled_at=at,
        captured_at=at,
        predicted_at=at,
        image_key=image_key("door", at),
        width=640,
        height=480,
        faces=faces,
        model={},
    )


def test_somebody_who_comes_and_goes_is_one_alarm_and_one_all_clear(settings, adapters):
    with http_receiver() as hook:
        add_hooks(adapters.repository, hook.url)
        with adapters.repository.begin() as unit:
            unit.cameras.add(Camera(id="door", name="Main door", url="rtsp://host/door", created_at=utc_now()))
            unit.rules.add(Rule(id="rule", name="Without a mask", for_seconds=4, keep_firing_seconds=4))
        stop = threading.Event()
        running = threading.Thread(target=analyzer_service(settings, adapters).run, args=(stop,))
        running.start()
        began = utc_now() - timedelta(seconds=40)
        for second in range(0, 12, 2):
            adapters.broker.publish(PREDICTIONS, encode(prediction(began + timedelta(seconds=second), BARE)))
        wait_for(lambda: hook.taken, seconds=PATIENCE_SECONDS, what="the alarm")
        for second in range(12, 24, 2):
            adapters.broker.publish(PREDICTIONS, encode(prediction(began + timedelta(seconds=second))))
        wait_for(lambda: len(hook.taken) > 1, seconds=PATIENCE_SECONDS, what="the all-clear")
        stop.set()
        running.join()
    told = [json.loads(body) for _headers, body in hook.taken]
    assert [(one["status"], one["commonAnnotations"]["kind"]) for one in told] == [
        ("firing", "firing"),
        ("resolved", "resolved"),
    ]
    assert told[0]["commonAnnotations"]["summary"] == "1 person without a mask at Main door"
    assert told[0]["externalURL"] == f"https://watch.example/alerts/{told[0]['alerts'][0]['labels']['alert_id']}"
    with adapters.repository.begin() as unit:
        messages = unit.notifications.list()
    assert {one.state for one in messages} == {NotificationState.SENT}
    assert {one.id for one in messages} == {headers["X-Maskwatch-Id"] for headers, _body in hook.taken}


def fill(repository, *, receivers, each):
    """Messages for every receiver."""
    now = utc_now()
    ids = [(f"n{number:03}-{place}", f"hook{place}") for number in range(each) for place in range(receivers)]
    with repository.begin() as unit:
        for number, (name, receiver_id) in enumerate(ids):
            unit.notifications.add(
                Notification(
                    id=name,
                    key=name,
                    receiver_id=receiver_id,
                    kind=NotificationKind.TEST,
                    created_at=now + timedelta(milliseconds=number),
                    due_at=now,
                )
            )
    return {name for name, _ in ids}


def sent(repository):
    with repository.begin() as unit:
        return {one.id for one in unit.notifications.list(state=NotificationState.SENT, limit=1000)}


def let_claims_lapse(repository):
    """As if the two minutes were over after which somebody else sends what a killed analyzer had in hand."""
    with repository.begin() as unit:
        for one in unit.notifications.list(state=NotificationState.QUEUED, limit=1000):
            unit.notifications.save(replace(one, claimed_until=None))


def test_an_analyzer_that_is_killed_again_and_again_loses_no_message_and_doubles_none_it_recorded(
    tmp_path, settings, adapters
):
    with http_receiver() as hook, Installation(tmp_path, {"MASKWATCH_DATA": str(settings.data)}) as installation:
        hook.delay_seconds = 0.05  # so that a kill meets messages on their way
        add_hooks(adapters.repository, hook.url, number=2)
        asked = fill(adapters.repository, receivers=2, each=15)
        for _ in range(3):
            before = len(hook.taken)
            installation.start("analyzer")
            wait_for(lambda seen=before: len(hook.taken) >= seen + 6, seconds=PATIENCE_SECONDS, what="messages")
            installation.kill("analyzer")
            recorded, taken = sent(adapters.repository), _taken(hook)
            assert all(taken[name] >= 1 for name in recorded)
            let_claims_lapse(adapters.repository)
        installation.start("analyzer")
        wait_for(lambda: sent(adapters.repository) == asked, seconds=PATIENCE_SECONDS, what="the rest")
        assert installation.stop("analyzer") == 0
    after = _taken(hook)
    assert set(after) == asked
    assert {name: after[name] for name in recorded} == {name: taken[name] for name in recorded}


def test_at_the_end_what_is_being_sent_is_finished_and_the_rest_given_back(settings, adapters):
    with http_receiver() as hook:
        hook.delay_seconds = 0.3
        add_hooks(adapters.repository, hook.url)
        asked = fill(adapters.repository, receivers=1, each=4)
        stop = threading.Event()
        running = threading.Thread(target=analyzer_service(settings, adapters).run, args=(stop,))
        running.start()
        wait_for(lambda: hook.taken, seconds=PATIENCE_SECONDS, what="a message")
        stop.set()
        running.join()
        done = sent(adapters.repository)
        assert done == set(_taken(hook))
        assert done < asked
        with adapters.repository.begin() as unit:
            left = unit.notifications.list(state=NotificationState.QUEUED)
        assert {one.claimed_until for one in left} == {None}


def _taken(hook):
    return Counter(headers["X-Maskwatch-Id"] for headers, _body in list(hook.taken))
