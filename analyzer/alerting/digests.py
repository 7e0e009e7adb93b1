"""Digests into the outbox: once per receiver and period, whoever asks and however often."""

from __future__ import annotations

from datetime import datetime

import structlog

from analyzer.alerting.periods import newest_due
from common.domain.notification import Notification, NotificationKind
from common.ports.clock import NewId
from common.ports.repository import Unit

log = structlog.get_logger(__name__)


def ask_digests(unit: Unit, *, now: datetime, new_id: NewId) -> None:
    """Queue the digest of every receiver's newest period that is due. One that was missed for long is not made up for.

    A new receiver's first one is that of the first period that becomes due after it was added.
    """
    for receiver in unit.receivers.list(enabled=True):
        period = newest_due(receiver, now)
        if period is None or period.due_at < receiver.created_at:
            continue
        digest = Notification(
            id=new_id(),
            key=f"digest/{receiver.id}/{period.name}",
            receiver_id=receiver.id,
            kind=NotificationKind.DIGEST,
            facts={name: getattr(period, name).isoformat() for name in ("before", "start", "end")},
            created_at=now,
            due_at=now,
        )
        if unit.notifications.add(digest):
            log.info("digest.asked", receiver=receiver.name, period=period.name)
