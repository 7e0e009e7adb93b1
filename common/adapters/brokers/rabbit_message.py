"""What we write beside a message's body, and read there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pika
from pika.delivery_mode import DeliveryMode

ATTEMPT = "x-maskwatch-attempt"  # deliveries before this publishing
REASON = "x-maskwatch-reason"  # why it is dead
DEAD_AT = "x-maskwatch-dead-at"  # RFC 3339
_DELIVERIES = "x-delivery-count"  # the queue's own count of deliveries before this one
_DEATH = "x-first-death-reason"  # the server's, where it gave up by itself: delivery_limit


def properties(
    *,
    published_at: datetime,
    attempt: int = 0,
    expires_after: float | None = None,
    headers: dict[str, str] | None = None,
) -> pika.BasicProperties:
    """Durable, with its time; `attempt`: deliveries so far; `expires_after`: seconds in a delay queue."""
    return pika.BasicProperties(
        delivery_mode=DeliveryMode.Persistent,
        content_type="application/json",
        timestamp=int(published_at.timestamp()),
        expiration=None if expires_after is None else str(max(0, round(expires_after * 1000))),
        headers={ATTEMPT: attempt, **(headers or {})},
    )


def attempt_of(found: pika.BasicProperties) -> int:
    """1 for the first delivery."""
    headers = _headers(found)
    return int(headers.get(ATTEMPT, 0)) + int(headers.get(_DELIVERIES, 0)) + 1


def published_at(found: pika.BasicProperties, *, otherwise: datetime) -> datetime:
    """When it was first published."""
    return otherwise if found.timestamp is None else datetime.fromtimestamp(found.timestamp, UTC)


def death_of(found: pika.BasicProperties) -> tuple[str, datetime | None]:
    """Why and when it was given up: by us, or by the server after too many deliveries."""
    headers = _headers(found)
    if REASON in headers:
        return str(headers[REASON]), datetime.fromisoformat(headers[DEAD_AT])
    deaths = headers.get("x-death") or [{}]
    at = deaths[0].get("time")
    return str(headers.get(_DEATH, "unknown")), at.replace(tzinfo=UTC) if isinstance(at, datetime) else None


def _headers(found: pika.BasicProperties) -> dict[str, Any]:
    return dict(found.headers or {})
