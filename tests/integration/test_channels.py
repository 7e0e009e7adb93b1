"""Messages on their way to real receivers: mail, webhooks that misbehave, Alertmanager's API, MQTT."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
import simplejpeg
from message_servers import Answer, Listener, http_receiver, mail_server, mosquitto

from analyzer.notify import http
from analyzer.notify.alertmanager import AlertmanagerChannel
from analyzer.notify.apprise import AppriseChannel
from analyzer.notify.errors import NotDelivered, Refused
from analyzer.notify.message import Message
from analyzer.notify.mqtt import MqttChannel, read_address
from analyzer.notify.picture import Shown, mark
from analyzer.notify.webhook import WebhookChannel
from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Rule, Severity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALERT = Alert(
    id="a1",
    event_id="e1",
    rule_id="rule",
    camera_id="door",
    state=AlertState.FIRING,
    severity=Severity.CRITICAL,
    summary="2 people without a mask at Main door",
    started_at=NOW,
    fired_at=NOW,
    count=2,
)


def picture(width=640, height=360):
    return simplejpeg.encode_jpeg(np.full((height, width, 3), 150, np.uint8))


def message(url, channel=ReceiverKind.WEBHOOK, **fields):
    receiver = Receiver(id="r", name="R", kind=channel, url=url, secret=fields.pop("secret", ""), created_at=NOW)
    return Message(
        **{
            "id": "n1",
            "kind": NotificationKind.FIRING,
            "receiver": receiver,
            "title": "2 people without a mask at Shop 1",
            "body": "Since 09:00\nMain door (Shop 1): 2\n商店",
            "link": "https://watch.example/alerts/a1",
            "group": AlertGroup(id="g", key="rule/camera/door", rule_id="rule", place="Shop 1", opened_at=NOW),
            "rule": Rule(id="rule", name="No masks"),
            "alerts": (ALERT,),
            "cameras": {"door": Camera(id="door", name="Main door", url="rtsp://h/1", site="Shop 1", created_at=NOW)},
            "at": NOW,
            **fields,
        }
    )


def test_a_mail_has_title_text_and_picture():
    with mail_server() as box:
        url = f"mailto://127.0.0.1:{box.port}?from=watch@shop.example&to=anna@shop.example&mode=insecure"
        AppriseChannel().send(message(url, ReceiverKind.APPRISE, picture=picture()))
    [mail] = box.mails
    assert mail["Subject"] == "2 people without a mask at Shop 1"
    assert "anna@shop.example" in mail["To"]
    body = mail.get_body(("plain",)) or mail.get_body()
    text = body.get_content()
    assert "Main door (Shop 1): 2" in text
    assert "商店" in text
    assert "https://watch.example/alerts/a1" in text
    [attached] = mail.iter_attachments()
    assert attached.get_content_type() == "image/jpeg"
    assert attached.get_content() == picture()


def test_a_mail_server_that_is_away_is_a_matter_of_time():
    with pytest.raises(NotDelivered):
        AppriseChannel().send(message("mailto://127.0.0.1:9?from=a@b.example&to=c@d.example", ReceiverKind.APPRISE))


def test_an_address_that_apprise_does_not_know_is_refused_without_repeating_it():
    with pytest.raises(Refused, match="nonsense://") as refused:
        AppriseChannel().send(message("nonsense://hunter2@host", ReceiverKind.APPRISE))
    assert "hunter2" not in str(refused.value)


def test_a_webhook_is_signed_and_carries_its_id():
    with http_receiver() as hook:
        channel = WebhookChannel(clock=lambda: NOW)
        channel.send(message(f"{hook.url}/T0KEN", secret="shared"))
        channel.close()
    [(headers, body)] = hook.taken
    stamp = headers["X-Maskwatch-Timestamp"]
    assert stamp == str(int(NOW.timestamp()))
    expected = hmac.new(b"shared", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Maskwatch-Signature"] == f"sha256={expected}"
    assert headers["X-Maskwatch-Id"] == "n1"
    assert json.loads(body)["alerts"][0]["labels"]["camera"] == "Main door"


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (Answer(status=500), NotDelivered, "127.0.0.1 answered 500"),
        (Answer(status=503, headers={"Retry-After": "90"}), NotDelivered, "503"),
        (Answer(status=429, headers={"Retry-After": "Mon, 02 Mar 2026 09:01:30 GMT"}), NotDelivered, "429"),
        (Answer(hangs_up=True), NotDelivered, "cannot be reached"),
        (Answer(status=401), Refused, "401"),
        (Answer(status=410), Refused, "410"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:9/"}), Refused, "302"),
    ],
)
def test_a_webhook_that_misbehaves(answer, error, sentence):
    with http_receiver() as hook:
        hook.answers = [answer]
        channel = WebhookChannel(clock=lambda: NOW)
        with pytest.raises(error, match=sentence) as failed:
            channel.send(message(f"{hook.url}/T0KEN"))
        channel.send(message(f"{hook.url}/T0KEN"))  # and the next one passes
        channel.close()
    assert "T0KEN" not in str(failed.value)
    if "Retry-After" in answer.headers:
        assert failed.value.retry_after_seconds == 90


def test_a_webhook_that_hangs_is_left(monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    with http_receiver() as hook:
        hook.answers = [Answer(waits=1.0)]
        with pytest.raises(NotDelivered, match=r"did not answer within 0.2 s"):
            WebhookChannel().send(message(hook.url))


def test_alertmanager_gets_alerts_and_their_end():
    over = replace(ALERT, state=AlertState.RESOLVED, resolved_at=NOW + timedelta(minutes=1))
    with http_receiver() as hook:
        channel = AlertmanagerChannel(clock=lambda: NOW)
        channel.send(message(hook.url, ReceiverKind.ALERTMANAGER))
        channel.send(message(hook.url, ReceiverKind.ALERTMANAGER, alerts=(over,)))
        channel.send(message(hook.url, ReceiverKind.ALERTMANAGER, alerts=(), kind=NotificationKind.TEST))
        with pytest.raises(Refused, match="alerts only"):
            channel.send(message(hook.url, ReceiverKind.ALERTMANAGER, alerts=(), kind=NotificationKind.DIGEST))
        channel.close()
    (first,), (last,), (test,) = (json.loads(body) for _, body in hook.taken)
    assert first["labels"] == last["labels"]  # else it would be another alert
    assert first["labels"]["alertname"] == "No masks"
    assert first["startsAt"] == "2026-03-02T09:00:00Z"
    assert first["endsAt"] > "2026-03-03"
    assert last["endsAt"] == "2026-03-02T09:01:00+00:00"
    assert test["labels"]["alertname"] == "MaskwatchTest"


def test_home_assistant_finds_a_sensor_and_its_state(tmp_path):
    over = replace(ALERT, state=AlertState.RESOLVED, resolved_at=NOW)
    with mosquitto(tmp_path, users={"watch": "p:w/d"}) as port:
        url = f"mqtt://watch:p%3Aw%2Fd@127.0.0.1:{port}/shop"
        channel = MqttChannel()
        channel.send(message(url, ReceiverKind.MQTT))
        listener = Listener(port, "watch", "p:w/d")  # comes later: everything is retained
        assert listener.wait_for("shop/cameras/door/rule/state", "ON")
        listener.wait_for("shop/available", "online")
        found = json.loads(listener.wait_for("homeassistant/binary_sensor/maskwatch_door_rule/config"))
        assert found["state_topic"] == "shop/cameras/door/rule/state"
        assert found["availability_topic"] == "shop/available"
        assert (found["name"], found["device"]["name"]) == ("No masks", "Main door")
        assert json.loads(listener.wait_for("shop/cameras/door/rule/attributes"))["people"] == 2
        channel.send(message(url, ReceiverKind.MQTT, alerts=(over,), kind=NotificationKind.RESOLVED))
        listener.wait_for("shop/cameras/door/rule/state", "OFF")
        channel.close()
        listener.wait_for("shop/available", "offline")
        listener.close()


def test_a_broker_that_refuses_or_is_away_is_a_matter_of_time(tmp_path):
    with mosquitto(tmp_path, users={"watch": "right"}) as port:
        told = message(f"mqtt://watch:wrong@127.0.0.1:{port}", ReceiverKind.MQTT)
        with pytest.raises(NotDelivered, match="refused the connection: Not authorized") as refused:
            MqttChannel().send(told)
    with pytest.raises(NotDelivered, match="cannot be reached") as away:
        MqttChannel().send(told)
    assert "wrong" not in f"{refused.value} {away.value}"


@pytest.mark.parametrize("url", ["mqtt://", "http://host", "mqtt://host:many"])
def test_an_address_that_is_none_of_mqtt_is_refused(url):
    with pytest.raises(Refused, match="no URL such as"):
        read_address(url)


def test_the_picture_marks_the_faces_and_tells_place_and_time():
    shown = Shown(
        image_key="k", concerned=[(100, 100, 200, 220)], blurred=[(300, 100, 400, 220)], caption="09:00:00  Main door"
    )
    noise = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)
    drawn = simplejpeg.decode_jpeg(mark(simplejpeg.encode_jpeg(noise, quality=95), shown))
    height, width = drawn.shape[:2]
    assert width == 640
    assert 360 < height < 400
    assert drawn[362:].max() > 200  # the caption
    assert drawn[110:210, 310:390].std() < 0.5 * drawn[110:210, 110:190].std()
    frame = drawn[150, 97].astype(int)
    assert frame[0] > 150 > frame[2]


def test_a_large_picture_is_made_small_enough_for_messengers():
    shown = Shown(image_key="k", concerned=[(0, 0, 50, 50)], blurred=[], caption="店")
    drawn = cv2.imdecode(np.frombuffer(mark(picture(3840, 2160), shown), np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape[1] == 1280
