"""One message at once, outside of the outbox: does the receiver take it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from analyzer.notify.apprise import open_service
from analyzer.notify.channel import Channel
from analyzer.notify.errors import NotDelivered
from analyzer.notify.hosts import check_service
from analyzer.notify.message import Message
from analyzer.notify.texts import Texts
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import Clock, utc_now

SCHEMES = ("http", "https", "mqtt", "mqtts")  # of all kinds but Apprise's


class DirectMessenger:
    """Opens a channel for each message: tests are rare."""

    def __init__(
        self,
        *,
        channels: Mapping[ReceiverKind, Callable[[], Channel]],
        texts: Texts,
        addresses: AddressCheck = UNCHECKED,
        clock: Clock = utc_now,
    ) -> None:
        """`addresses`: where receivers may be, as the channels have it."""
        self._channels = channels
        self._addresses = addresses
        self._texts = texts
        self._clock = clock

    def check(self, receiver: Receiver) -> None:
        """Raises Refused for an address that Apprise does not understand, AddressRefused for one that may not be."""
        if receiver.kind is not ReceiverKind.APPRISE:
            self._addresses.check_url(receiver.url, schemes=SCHEMES)
            return
        service = open_service(receiver)
        with suppress(NotDelivered):  # it may have an address when it is needed
            check_service(service, self._addresses)

    def test(self, receiver: Receiver) -> None:
        """Raises NotDelivered or Refused with what the receiver said."""
        now = self._clock()
        facts = {"receiver": receiver.name, "at": now}
        title, body = self._texts.render(
            NotificationKind.TEST, facts, language=receiver.language, timezone=receiver.timezone
        )
        channel = self._channels[receiver.kind]()
        try:
            channel.send(
                Message(
                    id=f"test-{now:%Y%m%d%H%M%S%f}",
                    kind=NotificationKind.TEST,
                    receiver=receiver,
                    title=title,
                    body=body,
                    at=now,
                )
            )
        finally:
            channel.close()
