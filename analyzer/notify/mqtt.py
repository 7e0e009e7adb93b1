"""MQTT with Home Assistant's discovery: a binary sensor per camera and rule, retained."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from analyzer.notify.channel import TIMEOUT_SECONDS
from analyzer.notify.errors import NotDelivered, Refused
from analyzer.notify.message import Message
from analyzer.notify.mqtt_client import CheckedClient
from common.domain.alert import Alert, AlertState
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import NewId, new_id

PREFIX = "maskwatch"
DISCOVERY = "homeassistant"
AT_LEAST_ONCE = 1
KEEPALIVE_SECONDS = 60
RECONNECT_SECONDS = 30  # at most between two attempts to get a lost connection back
LOOK_SECONDS = 0.2  # how soon a connection that is lost in the middle of a message is noticed


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

    def __init__(
        self, *, ca_file: Path | None = None, addresses: AddressCheck = UNCHECKED, new_id: NewId = new_id
    ) -> None:
        """`ca_file`: whose certificates are believed over TLS, instead of the system's authorities."""
        self._ca_file = ca_file
        self._addresses = addresses
        self._new_id = new_id
        self._links: dict[Address, _Link] = {}
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """See Channel."""
        address = read_address(message.receiver.url)
        self._addresses.check_host(address.host, address.port)
        self._link(address).publish([*topics(message, address.prefix)])

    def close(self) -> None:
        """Say that nobody is there any more."""
        with self._lock:
            for link in self._links.values():
                link.close()
            self._links.clear()

    def _link(self, address: Address) -> _Link:
        with self._lock:
            if address not in self._links:
                client = CheckedClient(self._addresses, client_id=f"maskwatch-{self._new_id()}")
                self._links[address] = _Link(address, client=client, ca_file=self._ca_file)
            return self._links[address]


def topics(message: Message, prefix: str) -> Iterator[tuple[str, str]]:
    """Topic and payload of everything that a message says; all of it is retained."""
    if not message.alerts:  # a test, a digest
        told = {"title": message.title, "text": message.body, "at": message.at.isoformat(), "link": message.link}
        yield f"{prefix}/{message.kind.value}", json.dumps(told, ensure_ascii=False)
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
        "since": alert.started_at.isoformat(),
        "fired": alert.fired_at.isoformat(),
        "until": alert.resolved_at.isoformat() if alert.resolved_at else None,
        "severity": alert.severity.value,
        "kind": message.kind.value,
        "link": message.link,
        "alert_id": alert.id,
    }


def _slug(text: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-") else "_" for sign in text)


class _Link:
    """A connection, begun with the first message; from then on paho's thread keeps it, or gets it back.

    Its client id stays the same, so that a broker that has not noticed the loss yet ends the old connection (and says
    its last will) before the new one begins, and not after.
    """

    def __init__(self, address: Address, *, client: mqtt.Client, ca_file: Path | None) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._is_begun = False
        self._answered = threading.Event()
        self._refusal = ""
        self._client = client
        if address.username is not None:
            self._client.username_pw_set(address.username, address.password)
        if address.is_tls:
            self._client.tls_set(ca_certs=str(ca_file) if ca_file else None)
        self._client.will_set(self._available, "offline", qos=AT_LEAST_ONCE, retain=True)
        self._client.on_connect = self._on_connect
        self._client.connect_timeout = TIMEOUT_SECONDS
        self._client.reconnect_delay_set(1, RECONNECT_SECONDS)

    def publish(self, messages: list[tuple[str, str]]) -> None:
        """Return once the broker has confirmed all. Raises NotDelivered."""
        with self._lock:
            if not self._is_begun:
                self._begin()
            if not self._client.is_connected():  # what is published now would be sent later, when it is old
                reason = f": it refuses it, {self._refusal}" if self._refusal else ""
                raise NotDelivered(f"{self._address.host}: the connection was lost and is not back yet{reason}")
            sent = [self._client.publish(topic, text, qos=AT_LEAST_ONCE, retain=True) for topic, text in messages]
            for one in sent:
                self._wait_for(one)

    def close(self) -> None:
        """Leave as said, not as lost."""
        with self._lock:
            if self._client.is_connected():
                gone = self._client.publish(self._available, "offline", qos=AT_LEAST_ONCE, retain=True)
                gone.wait_for_publish(1.0)
            self._end()

    @property
    def _available(self) -> str:
        return f"{self._address.prefix}/available"

    def _begin(self) -> None:
        host = self._address.host
        self._answered.clear()
        try:
            self._client.connect(host, self._address.port, keepalive=KEEPALIVE_SECONDS)
        except (OSError, ValueError) as exc:
            raise NotDelivered(f"{host} cannot be reached: {exc}") from exc
        self._client.loop_start()
        has_answered = self._answered.wait(TIMEOUT_SECONDS)
        if not has_answered or self._refusal:
            self._end()
            said = f"refused the connection: {self._refusal}" if has_answered else "did not answer in time"
            raise NotDelivered(f"{host} {said}")
        self._is_begun = True

    def _end(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._is_begun = False

    def _wait_for(self, sent: mqtt.MQTTMessageInfo) -> None:
        host, deadline = self._address.host, time.monotonic() + TIMEOUT_SECONDS
        if sent.rc == MQTTErrorCode.MQTT_ERR_NO_CONN:
            raise NotDelivered(f"{host}: the connection was lost as it was to be sent")
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise NotDelivered(f"{host} did not take it: {mqtt.error_string(sent.rc)}")
        while not sent.is_published():
            if not self._client.is_connected():
                raise NotDelivered(f"{host}: the connection was lost before it was confirmed")
            if time.monotonic() > deadline:
                raise NotDelivered(f"{host} did not confirm it within {TIMEOUT_SECONDS:g} s")
            sent.wait_for_publish(LOOK_SECONDS)

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        """In paho's thread, at every connection, also one that came back: the last will said that we are gone."""
        self._refusal = str(reason) if reason.is_failure else ""
        if not reason.is_failure:
            client.publish(self._available, "online", qos=AT_LEAST_ONCE, retain=True)
        self._answered.set()
