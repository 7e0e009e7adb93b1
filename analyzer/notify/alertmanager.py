"""Alertmanager's own API: its routes, silences and inhibitions take over from there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from analyzer.notify.errors import Refused
from analyzer.notify.http import open_client, post
from analyzer.notify.message import Message
from analyzer.notify.webhook import alert_entry
from common.domain.alert import AlertState
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import Clock, utc_now

PATH = "/api/v2/alerts"
# Alertmanager believes an alert over when nobody repeats it for its `resolve_timeout`, unless it is told an end. We
# tell the all-clear ourselves, so the end is far away until then; after this long a lost all-clear heals itself.
LONGEST = timedelta(hours=24)


class AlertmanagerChannel:
    """POSTs alerts to `URL/api/v2/alerts`."""

    def __init__(self, *, addresses: AddressCheck = UNCHECKED, clock: Clock = utc_now) -> None:
        self._client = open_client(addresses)
        self._clock = clock

    def send(self, message: Message) -> None:
        """See Channel. Raises Refused for what is of no alerts (a digest): Alertmanager knows nothing else."""
        now = self._clock()
        entries = [self._entry(index, message) for index in range(len(message.alerts))] or [_test(message)]
        body = json.dumps(entries, ensure_ascii=False).encode()
        url = message.receiver.url.rstrip("/")
        post(
            self._client, url if url.endswith(PATH) else url + PATH, body, {"Content-Type": "application/json"}, now=now
        )

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _entry(self, index: int, message: Message) -> dict[str, Any]:
        alert = message.alerts[index]
        entry = alert_entry(alert, message)
        ends_at = alert.resolved_at if alert.state is AlertState.RESOLVED else self._clock() + LONGEST
        return {
            "labels": entry["labels"],
            "annotations": entry["annotations"],
            "startsAt": entry["startsAt"],
            "endsAt": (ends_at or self._clock()).isoformat(),
            **({"generatorURL": message.link} if message.link else {}),
        }


def _test(message: Message) -> dict[str, Any]:
    if message.kind.value != "test":
        raise Refused("Alertmanager takes alerts only")
    return {
        "labels": {"alertname": "MaskwatchTest", "severity": "info"},
        "annotations": {"summary": message.title, "description": message.body},
        "startsAt": message.at.isoformat(),
        "endsAt": (message.at + timedelta(minutes=1)).isoformat(),
    }
