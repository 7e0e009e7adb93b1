"""Query parameters that lists share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from console.instant import Instant
from console.paging import LIMIT, MOST

Limit = Annotated[int, Query(ge=1, le=MOST, description="most items of one page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
After = Annotated[Instant | None, Query(description="at or later than this")]
Before = Annotated[Instant | None, Query(description="earlier than this")]
DEFAULT_LIMIT = LIMIT


def listing(items: list[Any], following: str | None) -> dict[str, Any]:
    """One page of a list."""
    return {"items": items, "next": following}
