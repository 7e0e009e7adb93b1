"""Messages to receivers: how they went, and sending again those that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from common.domain.notification import Notification, NotificationState
from common.domain.receiver import Receiver
from common.errors import Conflict
from common.ports.repository import Unit
from console.context import Console

log = structlog.get_logger(__name__)


def resend(console: Console, notification_id: str, *, by: str) -> Notification:
    """Try a message that was given up once more; a day after it was made there is one try only.

    Raises NotFound; Conflict for one that waits, was sent, or became pointless.
    """
    now = console.clock()
    with console.repository.begin() as unit:
        message = unit.notifications.get(notification_id)
        if message.state is not NotificationState.GIVEN_UP:
            raise Conflict(f"only a message that was given up can be sent again; this one is {message.state.value}")
        unit.receivers.get(message.receiver_id)
        message = replace(message, state=NotificationState.QUEUED, due_at=now, claimed_until=None)
        unit.notifications.save(message)
    log.info("notification.sent_again", notification_id=notification_id, user=by)
    return message


def receivers_record(unit: Unit, receivers: Sequence[Receiver], *, now: datetime) -> dict[str, dict[str, Any]]:
    """By receiver: what became of the newest message, and how many it got today, by its own clock."""
    return {one.id: {"last": _last(unit, one), "sent_today": _sent_today(unit, one, now)} for one in receivers}


def _last(unit: Unit, receiver: Receiver) -> dict[str, Any] | None:
    newest = unit.notifications.list(receiver_id=receiver.id, limit=1)
    if not newest:
        return None
    [message] = newest
    return {
        "state": message.state.value,
        "kind": message.kind.value,
        "at": message.sent_at or message.created_at,
        "attempts": message.attempts,
        "error": "" if message.state is NotificationState.SENT else message.error,
    }


def _sent_today(unit: Unit, receiver: Receiver, now: datetime) -> int:
    midnight = now.astimezone(ZoneInfo(receiver.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return unit.notifications.count_sent(receiver.id, since=midnight.astimezone(UTC))
