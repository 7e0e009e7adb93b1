"""Why somebody was told of an alert, or not: what every stage said, and what became of the messages."""

from __future__ import annotations

from typing import Any

from common.domain.alert import Alert
from common.domain.notification import Notification
from common.domain.receiver import Receiver
from common.ports.repository import Unit

BREAKING = "more people than its group was told of break the cooldown"


def history_json(unit: Unit, alert: Alert, *, alone: bool = False) -> dict[str, Any]:
    """`decisions` in their order; `messages` that name the alert, oldest first.

    `alone`: without the ids of other alerts that a message tells of, and the number of people in all of them: they may
    be of other places.
    """
    receivers = {receiver.id: receiver for receiver in unit.receivers.list()}
    messages = unit.notifications.of_group(alert.group_id) if alert.group_id else []
    return {
        "decisions": [
            {
                "at": said.at,
                "stage": said.stage,
                "verdict": said.verdict.value,
                "reason": _within(said.reason) if alone else said.reason,
            }
            for said in unit.decisions.of(alert.id)
        ],
        "messages": [
            message_json(message, receivers.get(message.receiver_id)) | ({"alert_ids": [alert.id]} if alone else {})
            for message in messages
            if alert.id in message.alert_ids
        ],
    }


def _within(reason: str) -> str:
    return BREAKING if "people instead of" in reason else reason


def message_json(message: Notification, receiver: Receiver | None) -> dict[str, Any]:
    """A message without what it says; the receiver's name is null once it was removed."""
    return {
        "id": message.id,
        "receiver_id": message.receiver_id,
        "receiver": receiver and receiver.name,
        "kind": message.kind.value,
        "state": message.state.value,
        "alert_ids": list(message.alert_ids),
        "attempts": message.attempts,
        "created_at": message.created_at,
        "due_at": message.due_at,
        "sent_at": message.sent_at,
        "error": message.error,
    }
