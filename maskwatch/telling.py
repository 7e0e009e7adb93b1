"""Settings -> the outbox and what tests a receiver; what sends is loaded only where it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from common.domain.receiver import Receiver, ReceiverKind
from common.settings import Settings
from maskwatch.addresses import address_check

if TYPE_CHECKING:
    from analyzer.notify.channel import Channel
    from analyzer.notify.messenger import DirectMessenger
    from analyzer.notify.outbox import Outbox
    from maskwatch.wiring import Adapters


def channels(settings: Settings) -> Mapping[ReceiverKind, Callable[[], Channel]]:
    """How each kind of receiver is reached."""
    from analyzer.notify.alertmanager import AlertmanagerChannel
    from analyzer.notify.apprise import AppriseChannel
    from analyzer.notify.mqtt import MqttChannel
    from analyzer.notify.webhook import WebhookChannel

    addresses = address_check(settings)
    return {
        ReceiverKind.APPRISE: partial(AppriseChannel, addresses=addresses),
        ReceiverKind.WEBHOOK: partial(WebhookChannel, addresses=addresses),
        ReceiverKind.ALERTMANAGER: partial(AlertmanagerChannel, addresses=addresses),
        ReceiverKind.MQTT: partial(MqttChannel, ca_file=settings.ca_file, addresses=addresses),
    }


def outbox(settings: Settings, adapters: Adapters) -> Outbox:
    """Sends what is to be told. Raises InvalidInput for templates that are none."""
    from analyzer.notify.compose import Composer
    from analyzer.notify.outbox import Outbox
    from analyzer.notify.texts import Texts

    composer = Composer(store=adapters.store, texts=Texts(settings.templates), external_url=settings.external_url)
    return Outbox(
        repository=adapters.repository,
        compose=composer.compose,
        illustrate=composer.illustrate,
        channels={kind: make() for kind, make in channels(settings).items()},
    )


class Messenger:
    """The console's: what sends is loaded with the first test, not with the console."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: DirectMessenger | None = None

    def check(self, receiver: Receiver) -> None:
        """See console/messenger.py."""
        self._messenger().check(receiver)

    def test(self, receiver: Receiver) -> None:
        """See console/messenger.py."""
        self._messenger().test(receiver)

    def _messenger(self) -> DirectMessenger:
        if self._made is None:
            from analyzer.notify.messenger import DirectMessenger
            from analyzer.notify.texts import Texts

            self._made = DirectMessenger(
                channels=channels(self._settings),
                texts=Texts(self._settings.templates),
                addresses=address_check(self._settings),
            )
        return self._made
