"""Webhooks: Alertmanager's payload, version 4, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analyzer.notify.http import open_client, post
from analyzer.notify.message import Message
from common.domain.alert import Alert, AlertState
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import Clock, utc_now

SIGNATURE_HEADER = "X-Maskwatch-Signature"
TIMESTAMP_HEADER = "X-Maskwatch-Timestamp"
ID_HEADER = "X-Maskwatch-Id"
FOREVER = "0001-01-01T00:00:00Z"  # Alertmanager's word for an end that is not known


class WebhookChannel:
    """POSTs a message's payload."""

    def __init__(self, *, addresses: AddressCheck = UNCHECKED, clock: Clock = utc_now) -> None:
        self._client = open_client(addresses)
        self._clock = clock

    def send(self, message: Message) -> None:
        """See Channel."""
        now = self._clock()
        body = json.dumps(payload(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", ID_HEADER: message.id}
        if message.receiver.secret:
            stamp = str(int(now.timestamp()))
            headers |= {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature(message.receiver.secret, stamp, body)}
        post(self._client, message.receiver.url, body, headers, now=now)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """`sha256=` and the hexadecimal HMAC-SHA256 of "stamp.body" (RFC 2104).

    The time is part of what is signed, so that a message that somebody recorded cannot be sent again later.
    """
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def payload(message: Message) -> dict[str, Any]:
    """As Alertmanager's webhook sends it (`version` "4"); each alert's `annotations` hold what it shows."""
    alerts = [alert_entry(alert, message) for alert in message.alerts]
    labels = [entry["labels"] for entry in alerts]
    group, rule = message.group, message.rule
    return {
        "version": "4",
        "groupKey": group.key if group else message.kind.value,
        "truncatedAlerts": 0,
        "status": "firing" if any(entry["status"] == "firing" for entry in alerts) else "resolved",
        "receiver": message.receiver.name,
        "groupLabels": {"alertname": rule.name if rule else "", "place": group.place if group else ""},
        "commonLabels": _common(labels),
        "commonAnnotations": {"summary": message.title, "description": message.body, "kind": message.kind.value},
        "externalURL": message.link,
        "alerts": alerts,
    }


def alert_entry(alert: Alert, message: Message) -> dict[str, Any]:
    """One alert in Alertmanager's words; its fingerprint is the same for as long as it lives."""
    camera, rule = message.cameras.get(alert.camera_id), message.rule
    labels = {
        "alertname": rule.name if rule else alert.rule_id,
        "severity": alert.severity.value,
        "camera": camera.name if camera else alert.camera_id,
        "camera_id": alert.camera_id,
        "site": camera.site if camera else "",
        "location": camera.location if camera else "",
        "alert_id": alert.id,
    }
    is_firing = alert.state is AlertState.FIRING
    return {
        "status": "firing" if is_firing else "resolved",
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {"summary": alert.summary, "people": str(alert.count), "since": _time(alert.started_at)},
        "startsAt": _time(alert.fired_at),
        "endsAt": FOREVER if is_firing or alert.resolved_at is None else _time(alert.resolved_at),
        "generatorURL": message.link,
        "fingerprint": hashlib.sha256(alert.id.encode()).hexdigest()[:16],
    }


def _common(labels: list[Mapping[str, str]]) -> dict[str, str]:
    if not labels:
        return {}
    first, *others = labels
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
