"""Messengers, mail and push services, by Apprise: one URL each."""

from __future__ import annotations

from datetime import datetime

import apprise
from apprise.attachment.memory import AttachMemory

from analyzer.notify.channel import TIMEOUT_SECONDS
from analyzer.notify.errors import NotDelivered, Refused
from analyzer.notify.hosts import check_service
from analyzer.notify.message import Message
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver
from common.outbound.check import UNCHECKED, AddressCheck

TYPES = {
    NotificationKind.FIRING: apprise.NotifyType.WARNING,
    NotificationKind.RISING: apprise.NotifyType.WARNING,
    NotificationKind.ESCALATED: apprise.NotifyType.FAILURE,
    NotificationKind.RESOLVED: apprise.NotifyType.SUCCESS,
}


class AppriseChannel:
    """Sends a title, a text and a picture to whatever the URL names.

    Apprise tells of a failure only that it was one, in a log line of its own words: that is the sentence. It does not
    say whether trying again is worth it, so everything but a URL that it does not know is tried again.
    """

    def __init__(self, *, addresses: AddressCheck = UNCHECKED) -> None:
        self._addresses = addresses

    def send(self, message: Message) -> None:
        """See Channel."""
        service = open_service(message.receiver)
        check_service(service, self._addresses)
        sender = apprise.Apprise(services=service)
        result = sender.notify(
            title=message.title,
            body=f"{message.body}\n{message.link}".rstrip(),
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=TYPES.get(message.kind, apprise.NotifyType.INFO),
            attach=_picture(message),
            timeout=TIMEOUT_SECONDS,
            log_level=30,  # warnings: its reasons
        )
        if not result:
            raise NotDelivered(_why(result) or f"{service.service_name} did not take it")

    def close(self) -> None:
        """Nothing is kept open."""


def open_service(receiver: Receiver) -> apprise.NotifyBase:
    """Raises Refused for a URL that Apprise does not understand; the sentence does not repeat it."""
    service = apprise.Apprise.instantiate(receiver.url, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        scheme = receiver.url.partition("://")[0]
        raise Refused(f"Apprise does not understand the rest of this {scheme[:20]}:// URL, or not its scheme")
    service.redirects = False  # to wherever: a message goes to whom it was meant for
    return service


def _picture(message: Message) -> AttachMemory | None:
    if message.picture is None:
        return None
    return AttachMemory(  # type: ignore[no-untyped-call]
        content=message.picture, name=f"maskwatch-{_stamp(message.at)}.jpg", mimetype="image/jpeg"
    )


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%d-%H%M%S}"


def _why(result: apprise.AppriseResult) -> str:
    """The last warning of the last attempt."""
    lines = [entry.message for one in result.results for attempt in one for entry in attempt]
    return " ".join(str(lines[-1]).split())[:300] if lines else ""
