"""MQTT with Home Assistant's discovery: a binary sensor and a counter per camera, retained."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from analyzer.notify.channel import TIMEOUT_SECONDS
from analyzer.notify.errors import NotDelivered, Refused
from analyzer.notify.message import Message
from common.domain.alert import Alert, AlertState
from common.domain.notification import NotificationKind

PREFIX = "maskwatch"
DISCOVERY = "homeassistant"
AT_LEAST_ONCE = 1
KEEPALIVE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Address:
    """`mqtts://user:password@host:port/prefix`."""

    host: str
    port: int
    is_tls: bool
    username: str | None
    password: str | None = field(repr=False)
    prefix: str


def read_address(url: str) -> Address:
    """Raises Refused for a URL that is none; the sentence does not repeat it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise Refused("the address is no URL such as mqtt://user:password@host:1883/maskwatch") from exc
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise Refused("the address is no URL such as mqtt://user:password@host:1883/maskwatch")
    is_tls = parts.scheme == "mqtts"
    return Address(
        host=parts.hostname,
        port=port or (8883 if is_tls else 1883),
        is_tls=is_tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        prefix=parts.path.strip("/") or PREFIX,
    )


class MqttChannel:
    """One connection per address, kept: its last will says `offline` on `PREFIX/available` when we are gone."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """See Channel."""
        address = read_address(message.receiver.url)
        link = self._link(message.receiver.url, address)
        link.publish([*topics(message, address.prefix)])

    def close(self) -> None:
        """Say that nobody is there any more."""
        with self._lock:
            for link in self._links.values():
                link.close()
            self._links.clear()

    def _link(self, url: str, address: Address) -> _Link:
        with self._lock:
            link = self._links.get(url)
            if link is None or not link.is_connected:
                if link is not None:
                    link.close()
                link = self._links[url] = _Link(address)
            return link


def topics(message: Message, prefix: str) -> Iterator[tuple[str, str]]:
    """Topic and payload of everything that a message says; all of it is retained."""
    if message.kind is NotificationKind.TEST:
        yield f"{prefix}/test", json.dumps({"title": message.title, "at": message.at.isoformat()}, ensure_ascii=False)
        return
    for alert in message.alerts:
        node = f"maskwatch_{_slug(alert.camera_id or 'all')}_{_slug(alert.rule_id)}"
        state = f"{prefix}/cameras/{alert.camera_id or 'all'}/{alert.rule_id}"
        yield (
            f"{DISCOVERY}/binary_sensor/{node}/config",
            json.dumps(_discovery(alert, message, node, state, prefix), ensure_ascii=False),
        )
        yield f"{state}/state", "ON" if alert.state is AlertState.FIRING else "OFF"
        yield f"{state}/attributes", json.dumps(_attributes(alert, message), ensure_ascii=False)


def _discovery(alert: Alert, message: Message, node: str, state: str, prefix: str) -> dict[str, object]:
    """Home Assistant's discovery payload (its MQTT integration's documentation, binary sensor)."""
    camera = message.cameras.get(alert.camera_id)
    name = camera.name if camera else alert.camera_id or "Maskwatch"
    return {
        "name": message.rule.name if message.rule else alert.rule_id,
        "unique_id": node,
        "device_class": "problem",
        "state_topic": f"{state}/state",
        "json_attributes_topic": f"{state}/attributes",
        "availability_topic": f"{prefix}/available",
        "device": {
            "identifiers": [f"maskwatch_{_slug(alert.camera_id or 'all')}"],
            "name": name,
            "manufacturer": "Maskwatch",
            **({"suggested_area": camera.site} if camera and camera.site else {}),
        },
    }


def _attributes(alert: Alert, message: Message) -> dict[str, object]:
    return {
        "summary": alert.summary,
        "people": alert.count,
        "since": alert.fired_at.isoformat(),
        "until": alert.resolved_at.isoformat() if alert.resolved_at else None,
        "severity": alert.severity.value,
        "kind": message.kind.value,
        "link": message.link,
        "alert_id": alert.id,
    }


def _slug(text: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-") else "_" for sign in text)


class _Link:
    """A connection whose network thread is paho's; every call here is bounded in time."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._answered = threading.Event()
        self._refusal = ""
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        if address.username is not None:
            self._client.username_pw_set(address.username, address.password)
        if address.is_tls:
            self._client.tls_set()
        self._client.will_set(f"{address.prefix}/available", "offline", qos=AT_LEAST_ONCE, retain=True)
        self._client.on_connect = self._on_connect
        self._client.connect_timeout = TIMEOUT_SECONDS
        self._connect()

    @property
    def is_connected(self) -> bool:
        """Whether it can be used."""
        return bool(self._client.is_connected())

    def publish(self, messages: list[tuple[str, str]]) -> None:
        """Return once the broker has confirmed all. Raises NotDelivered."""
        sent = [self._client.publish(topic, text, qos=AT_LEAST_ONCE, retain=True) for topic, text in messages]
        for one in sent:
            if one.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise NotDelivered(f"{self._address.host} did not take it: {mqtt.error_string(one.rc)}")
            one.wait_for_publish(TIMEOUT_SECONDS)
            if not one.is_published():
                raise NotDelivered(f"{self._address.host} did not confirm it within {TIMEOUT_SECONDS:g} s")

    def close(self) -> None:
        """Leave as said, not as lost."""
        if self.is_connected:
            gone = self._client.publish(f"{self._address.prefix}/available", "offline", qos=AT_LEAST_ONCE, retain=True)
            gone.wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _connect(self) -> None:
        host = self._address.host
        try:
            self._client.connect(host, self._address.port, keepalive=KEEPALIVE_SECONDS)
        except (OSError, ValueError) as exc:
            raise NotDelivered(f"{host} cannot be reached: {exc}") from exc
        self._client.loop_start()
        if not self._answered.wait(TIMEOUT_SECONDS):
            self.close()
            raise NotDelivered(f"{host} did not answer within {TIMEOUT_SECONDS:g} s")
        if self._refusal:
            self.close()
            raise NotDelivered(f"{host} refused the connection: {self._refusal}")
        self.publish([(f"{self._address.prefix}/available", "online")])

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: object, _properties: object) -> None:
        self._refusal = "" if getattr(reason, "is_failure", False) is False else str(reason)
        self._answered.set()
