"""Who is told, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.schedule import Schedule


class ReceiverKind(StrEnum):
    """How a message travels."""

    APPRISE = "apprise"  # a messenger, mail or push service, by its Apprise URL
    WEBHOOK = "webhook"  # an HTTP POST with Alertmanager's v4 payload, signed
    ALERTMANAGER = "alertmanager"  # Alertmanager's own API takes it in
    MQTT = "mqtt"  # a broker, with Home Assistant's discovery


class Digest(StrEnum):
    """How often a receiver gets the statistics."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"  # on Mondays


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """One place that messages go to. Its URL is a secret: it holds tokens and passwords."""

    id: str
    name: str  # unique; rules name their receivers
    kind: ReceiverKind
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)  # signs webhooks (HMAC-SHA256); empty: not signed
    language: str = "en"  # or "zh"
    with_picture: bool = True
    per_minute: float = 0.0  # most messages in a minute; 0: no limit of ours
    digest: Digest = Digest.NEVER
    digest_hour: int = 8  # 0..23, in `timezone`
    timezone: str = "UTC"  # an IANA name; times in messages are told in it
    schedule: Schedule | None = None  # when it is on duty; None: always
    enabled: bool = True
    created_at: datetime
