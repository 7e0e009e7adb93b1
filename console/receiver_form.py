"""A receiver as JSON, checked field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.domain.receiver import Digest, Receiver, ReceiverKind
from console.camera_form import Name
from console.schedule_form import ScheduleForm, TimeZone, schedule_json

HIDDEN = "***"  # in place of what a URL holds after its scheme: tokens and passwords may stand anywhere in it
HTTP = ("http", "https")
MQTT = ("mqtt", "mqtts")
WITH_HOST = (*HTTP, *MQTT, "mailto", "mailtos", "json", "jsons", "ntfys", "gotify", "gotifys", "matrix", "matrixs")


class ReceiverForm(BaseModel):
    """Who is told, and how."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    kind: ReceiverKind = Field(ReceiverKind.APPRISE, description="webhook, alertmanager, mqtt, or apprise for the rest")
    url: Annotated[str, Field(min_length=4, max_length=2000, repr=False)] = Field(
        description="write-only: answers show its scheme",
        examples=["mailto://user:password@mail.example?to=a@b.example"],
    )
    secret: Annotated[str, Field(max_length=500)] = Field("", repr=False, description="write-only: signs webhooks")
    language: Literal["en", "zh"] = "en"
    with_picture: bool = True
    per_minute: float = Field(0, ge=0, le=1000, description="most messages in a minute; 0: no limit of ours")
    digest: Digest = Digest.NEVER
    digest_hour: int = Field(8, ge=0, le=23)
    timezone: TimeZone = "UTC"
    schedule: ScheduleForm | None = Field(None, description="when it is on duty; none: always")
    enabled: bool = True

    @model_validator(mode="after")
    def _fitting_scheme(self) -> ReceiverForm:
        scheme, separator, rest = self.url.strip().partition("://")
        if not separator or not scheme or not rest:
            raise ValueError("url: needs a scheme, such as mailto://, tgram:// or https://")
        wanted = {ReceiverKind.WEBHOOK: HTTP, ReceiverKind.ALERTMANAGER: HTTP, ReceiverKind.MQTT: MQTT}.get(self.kind)
        if wanted and scheme.lower() not in wanted:
            raise ValueError(f"url: a receiver of the kind {self.kind.value} needs {' or '.join(wanted)}, not {scheme}")
        if self.kind is ReceiverKind.ALERTMANAGER and self.digest is not Digest.NEVER:
            raise ValueError("digest: Alertmanager takes alerts only")
        return self

    def to_receiver(self, *, receiver_id: str, created_at: datetime) -> Receiver:
        """The domain's value."""
        return Receiver(
            id=receiver_id,
            name=self.name,
            kind=self.kind,
            url=self.url.strip(),
            secret=self.secret,
            language=self.language,
            with_picture=self.with_picture,
            per_minute=self.per_minute,
            digest=self.digest,
            digest_hour=self.digest_hour,
            timezone=self.timezone,
            schedule=self.schedule.to_schedule() if self.schedule else None,
            enabled=self.enabled,
            created_at=created_at,
        )


def receiver_fields(receiver: Receiver) -> dict[str, Any]:
    """The JSON that ReceiverForm reads, secrets included: not for answers."""
    return {
        "name": receiver.name,
        "kind": receiver.kind.value,
        "url": receiver.url,
        "secret": receiver.secret,
        "language": receiver.language,
        "with_picture": receiver.with_picture,
        "per_minute": receiver.per_minute,
        "digest": receiver.digest.value,
        "digest_hour": receiver.digest_hour,
        "timezone": receiver.timezone,
        "schedule": schedule_json(receiver.schedule),
        "enabled": receiver.enabled,
    }


def receiver_json(receiver: Receiver) -> dict[str, Any]:
    """A receiver; of its URL the scheme and the host, of its secret whether there is one."""
    fields = receiver_fields(receiver)
    scheme = receiver.url.partition("://")[0]
    del fields["secret"]
    return {
        "id": receiver.id,
        **fields,
        "url": f"{scheme}://{HIDDEN}",
        "host": _host(receiver.url),
        "has_secret": bool(receiver.secret),
        "created_at": receiver.created_at,
    }


def _host(url: str) -> str | None:
    """None where what stands in a host's place may be a token, as in tgram://TOKEN/…"""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme.lower() in WITH_HOST else None
    except ValueError:  # http://[
        return None
