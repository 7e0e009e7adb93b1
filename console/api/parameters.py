"""Query parameters that lists share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator

from console.paging import LIMIT, MOST


def _aware(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError as exc:  # the year 1, in Asia
        raise ValueError("is out of range") from exc


Instant = Annotated[datetime, AfterValidator(_aware)]  # RFC 3339; without an offset it is UTC

Limit = Annotated[int, Query(ge=1, le=MOST, description="most items of one page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
After = Annotated[Instant | None, Query(description="at or later than this")]
Before = Annotated[Instant | None, Query(description="earlier than this")]
DEFAULT_LIMIT = LIMIT


def listing(items: list[Any], following: str | None) -> dict[str, Any]:
    """One page of a list."""
    return {"items": items, "next": following}
