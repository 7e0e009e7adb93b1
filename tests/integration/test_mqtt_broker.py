"""A broker that goes and comes back, one that nobody vouches for, and a connection that is cut."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from certificates import own_certificate
from message_servers import Listener, free_port, mosquitto
from tcp_proxy import TcpProxy

from analyzer.notify import mqtt
from analyzer.notify.errors import NotDelivered
from analyzer.notify.message import Message
from analyzer.notify.mqtt import MqttChannel
from common.domain.alert import Alert, AlertState
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Severity

# paho leaves the socket of a failed handshake, or of a connection that is lost, to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:Exception ignored in. <(ssl\.SSLSocket|socket\.socket):pytest.PytestUnraisableExceptionWarning"
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATE, AVAILABLE = "maskwatch/cameras/door/rule/state", "maskwatch/available"
PATIENCE_SECONDS = 20


def message(port, kind=NotificationKind.FIRING, scheme="mqtt"):
    firing = Alert(
        id="a1",
        event_id="e1",
        rule_id="rule",
        camera_id="door",
        state=AlertState.FIRING,
        severity=Severity.WARNING,
        summary="1 person without a mask at Main door",
        started_at=NOW,
        fired_at=NOW,
    )
    receiver = Receiver(id="r", name="R", kind=ReceiverKind.MQTT, url=f"{scheme}://127.0.0.1:{port}", created_at=NOW)
    return Message(
        id="n1",
        kind=kind,
        receiver=receiver,
        title="title",
        body="text",
        alerts=(firing,) if kind is NotificationKind.FIRING else (),
        at=NOW,
    )


@pytest.fixture
def channel():
    opened = MqttChannel()
    yield opened
    opened.close()


def fails(channel, told):
    """What it says once it has noticed that the broker is gone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            channel.send(told)
        except NotDelivered as exc:
            return str(exc)
        time.sleep(0.05)
    raise AssertionError("every message was delivered")


def arrives(channel, told):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            channel.send(told)
            return
        except NotDelivered:
            assert time.monotonic() < deadline, "no message was delivered"
            time.sleep(0.1)


def test_a_broker_that_comes_back_is_told_at_once_that_we_are_there(tmp_path, channel):
    port = free_port()
    with mosquitto(tmp_path, port=port):
        channel.send(message(port))
    assert "127.0.0.1: the connection was lost" in fails(channel, message(port))
    with mosquitto(tmp_path, port=port):  # it kept nothing
        listener = Listener(port)
        listener.wait_for(AVAILABLE, "online")  # before anything is sent anew
        arrives(channel, message(port))
        listener.wait_for(STATE, "ON")
        listener.close()


def test_a_connection_that_is_parted_in_the_middle_of_a_message_is_a_matter_of_time(tmp_path, channel, monkeypatch):
    with ExitStack() as stack:
        port = stack.enter_context(mosquitto(tmp_path))
        proxy = stack.enter_context(TcpProxy(host="127.0.0.1", port=port))
        channel.send(message(proxy.port, NotificationKind.TEST))
        monkeypatch.setattr(mqtt, "TIMEOUT_SECONDS", 0.5)
        proxy.hold()
        with pytest.raises(NotDelivered, match=r"did not confirm it within 0.5 s"):
            channel.send(message(proxy.port))
        proxy.heal()
        monkeypatch.undo()
        arrives(channel, message(proxy.port))


def test_we_are_said_to_be_gone_by_the_broker_when_the_connection_is_cut(tmp_path, channel):
    with ExitStack() as stack:
        port = stack.enter_context(mosquitto(tmp_path))
        proxy = stack.enter_context(TcpProxy(host="127.0.0.1", port=port))
        listener = Listener(port)
        stack.callback(listener.close)
        channel.send(message(proxy.port))
        listener.wait_for(AVAILABLE, "online")
        proxy.cut()
        listener.wait_for(AVAILABLE, "offline")
        assert "127.0.0.1: the connection was lost" in fails(channel, message(proxy.port))
        proxy.restore()
        listener.wait_for(AVAILABLE, "online")


def test_tls_believes_whom_it_is_told_to_believe(tmp_path):
    certificate = own_certificate(tmp_path)
    with mosquitto(tmp_path, certificate=certificate) as port:
        stranger, friend = MqttChannel(), MqttChannel(ca_file=certificate.path)
        with pytest.raises(NotDelivered, match="certificate verify failed"):
            stranger.send(message(port, scheme="mqtts"))
        friend.send(message(port, scheme="mqtts"))
        for one in (stranger, friend):
            one.close()


def test_a_message_of_no_alerts_has_a_topic_of_its_own(tmp_path, channel):
    with mosquitto(tmp_path) as port:
        channel.send(message(port, NotificationKind.DIGEST))
        listener = Listener(port)
        assert '"text": "text"' in listener.wait_for("maskwatch/digest")
        listener.close()
