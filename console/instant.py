"""A time as the API takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _aware(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError as exc:  # the year 1, in Asia
        raise ValueError("is out of range") from exc


Instant = Annotated[datetime, AfterValidator(_aware)]  # RFC 3339; without an offset it is UTC
