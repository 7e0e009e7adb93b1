"""Paging through lists whose rows share their times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from console.paging import by_name, newest_first

START = datetime(2026, 3, 2, tzinfo=UTC)
Row = tuple[datetime, int]


def pages(rows: list[Row], *, limit: int, before: datetime | None = None) -> list[list[Row]]:
    ordered = sorted(rows, key=lambda row: (-row[0].timestamp(), row[1]))

    def fetch(until: datetime | None, most: int) -> list[Row]:
        return [row for row in ordered if until is None or row[0] < until][:most]

    found, cursor = [], None
    while True:
        page, cursor = newest_first(fetch, time_of=lambda row: row[0], before=before, cursor=cursor, limit=limit)
        found.append(page)
        if cursor is None:
            return found


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 7))
def test_every_row_comes_exactly_once_however_many_share_a_time(seconds: list[int], limit: int) -> None:
    rows = [(START + timedelta(seconds=second), index) for index, second in enumerate(seconds)]
    found = pages(rows, limit=limit)
    assert [row for page in found for row in page] == sorted(rows, key=lambda row: (-row[0].timestamp(), row[1]))
    assert all(len(page) <= limit for page in found)


def test_the_upper_bound_holds_on_the_first_page() -> None:
    rows = [(START + timedelta(seconds=second), second) for second in range(4)]
    [page] = pages(rows, limit=10, before=START + timedelta(seconds=2))
    assert [index for _at, index in page] == [1, 0]


@given(st.sets(st.text(min_size=1), max_size=20), st.integers(1, 6))
def test_names_come_in_order_once_each(names: set[str], limit: int) -> None:
    found: list[str] = []
    cursor = None
    while True:
        page, cursor = by_name(list(names), key_of=str, cursor=cursor, limit=limit)
        found += page
        if cursor is None:
            break
    assert found == sorted(names)


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U", "W10", "e30", "MQ", "ä"])
def test_a_foreign_cursor_is_wrong_input(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        newest_first(lambda _until, _most: [START], time_of=lambda row: row, before=None, cursor=cursor, limit=5)
