"""Who is told by a console, and what was sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.api.shapes.alerts import MessageAnswer
from console.api.shapes.receivers import DeliveryAnswer, ListedReceiverAnswer, ReceiverAnswer
from maskwatch.client.connection import Connection, named


class Receivers:
    """Who is told, and how."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[ListedReceiverAnswer]:
        """All, by name; their addresses are secret."""
        return self._connection.pages(ListedReceiverAnswer, "receivers")

    def get(self, receiver_id: str) -> ReceiverAnswer:
        """One receiver."""
        return self._connection.read(ReceiverAnswer, "GET", named("receivers/{}", receiver_id))

    def add(self, **fields: Any) -> ReceiverAnswer:
        """One more: at least `name`, `kind` and `url`."""
        return self._connection.read(ReceiverAnswer, "POST", "receivers", json=fields)

    def change(self, receiver_id: str, **fields: Any) -> ReceiverAnswer:
        """Change what is named."""
        return self._connection.read(ReceiverAnswer, "PATCH", named("receivers/{}", receiver_id), json=fields)

    def remove(self, receiver_id: str) -> None:
        """Forget it."""
        self._connection.request("DELETE", named("receivers/{}", receiver_id))

    def test(self, receiver_id: str) -> DeliveryAnswer:
        """Send a test message now."""
        return self._connection.read(DeliveryAnswer, "POST", named("receivers/{}/test", receiver_id))


class Notifications:
    """Messages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        receiver: str | None = None,
        state: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[MessageAnswer]:
        """The newest first; `receiver`: its id."""
        query = {"receiver": receiver, "state": state, "after": after, "before": before}
        return self._connection.pages(MessageAnswer, "notifications", query)

    def send_again(self, notification_id: str) -> MessageAnswer:
        """One that was given up."""
        return self._connection.read(MessageAnswer, "POST", named("notifications/{}/resend", notification_id))
