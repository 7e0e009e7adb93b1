"""Messages into the outbox: one per receiver, each with a key that can be queued once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.ports.clock import NewId
from common.ports.repository import Unit


def ask(
    unit: Unit,
    group: AlertGroup,
    kind: NotificationKind,
    receiver_ids: Iterable[str],
    alerts: Sequence[Alert],
    *,
    facts: dict[str, Any],
    now: datetime,
    new_id: NewId,
) -> bool:
    """Queue a message of the kind to each receiver; whether any is new.

    The key is made of what is told: two analyzers that come to the same conclusion tell it once.
    """
    told = f"{facts['count']}/{','.join(sorted(alert.id for alert in alerts))}"
    since = group.cleared_at.isoformat() if group.cleared_at else ""  # the next time it is news again
    asked = [
        unit.notifications.add(
            Notification(
                id=new_id(),
                key=f"{group.id}/{since}/{kind.value}/{told}/{receiver_id}",
                receiver_id=receiver_id,
                kind=kind,
                group_id=group.id,
                alert_ids=tuple(alert.id for alert in alerts),
                facts=facts,
                created_at=now,
                due_at=now,
            )
        )
        for receiver_id in receiver_ids
    ]
    return any(asked)


def hold_waiting(unit: Unit, waiting: Iterable[Notification], *, now: datetime) -> list[Notification]:
    """Those of the messages that nobody has in hand; nobody takes them before this unit ends."""
    held = unit.notifications.hold(one.id for one in waiting)
    return [one for one in held if one.claimed_until is None or one.claimed_until <= now]


def add_to(unit: Unit, held: Iterable[Notification], alerts: Sequence[Alert], *, count: int) -> None:
    """Let messages that are held tell of these alerts, too."""
    for one in held:
        ids = dict.fromkeys([*(alert.id for alert in alerts), *one.alert_ids])
        unit.notifications.save(replace(one, alert_ids=tuple(ids), facts={**one.facts, "count": count}))


def delivered(unit: Unit, notification: Notification, *, at: datetime) -> None:
    """Record in the same unit that a message arrived: only now does its group's cooldown start."""
    unit.notifications.save(
        replace(notification, state=NotificationState.SENT, sent_at=at, claimed_until=None, error="")
    )
    if notification.group_id and notification.kind is not NotificationKind.RESOLVED:
        group = unit.groups.get(notification.group_id, to_change=True)
        unit.groups.save(replace(group, told_at=at))
