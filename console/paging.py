"""Pages of a list, and the opaque cursor that leads to the next one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from common.errors import InvalidInput

Row = TypeVar("Row")

LIMIT = 50
MOST = 500
MOST_OF_ONE_TIME = 100_000  # rows of one instant that a cursor may pass over: more cameras than anybody has
RESOLUTION = timedelta(microseconds=1)  # of a stored time: `before` is exclusive, so this much makes it inclusive


def newest_first(
    fetch: Callable[[datetime | None, int], list[Row]],
    *,
    time_of: Callable[[Row], datetime],
    before: datetime | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Row], str | None]:
    """One page of rows in falling time, and the cursor of the next page (None: that was the last).

    `fetch(before, limit)` answers rows strictly before a time. Rows of the same instant may span pages (cameras are
    shot at the same second), so a cursor is a time and how many rows of exactly that time were handed out.
    """
    at, skip = _read_time(cursor) if cursor else (None, 0)
    upper = before if at is None else at + RESOLUTION
    rows = fetch(upper, limit + skip + 1)[skip:]
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    last = time_of(page[-1])
    same = sum(time_of(row) == last for row in page)
    return page, _write([last.isoformat(), same + (skip if last == at else 0)])


def by_name(
    rows: list[Row], *, key_of: Callable[[Row], str], cursor: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """One page of a whole list in rising order of a unique key, and the cursor of the next page."""
    after = str(_read(cursor)) if cursor else None
    rest = sorted((row for row in rows if after is None or key_of(row) > after), key=key_of)
    return rest[:limit], _write(key_of(rest[limit - 1])) if len(rest) > limit else None


def _write(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _read(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as exc:
        raise _refusal() from exc


def _read_time(cursor: str) -> tuple[datetime, int]:
    value = _read(cursor)  # whatever a stranger sent
    try:
        at, skip = datetime.fromisoformat(value[0]).astimezone(UTC) + RESOLUTION - RESOLUTION, int(value[1])
    except (TypeError, ValueError, LookupError, OverflowError) as exc:
        raise _refusal() from exc
    if not 0 <= skip <= MOST_OF_ONE_TIME:
        raise _refusal()
    return at, skip


def _refusal() -> InvalidInput:
    return InvalidInput("the cursor is not one that this list gave")
