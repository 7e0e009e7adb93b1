"""Hourly counts, and the sums kept of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Double, Index, Integer, String, Table

from common.adapters.database.tables.columns import UtcDateTime, faces_column, metadata, people_column, shots_column
from common.domain.prediction import Label
from common.domain.shot import Outcome


def _counts() -> list[Column[Any]]:
    return [
        *(Column(shots_column(outcome), Integer, nullable=False) for outcome in Outcome),
        *(Column(faces_column(label), Integer, nullable=False) for label in Label),
        *(Column(people_column(label), Integer, nullable=False) for label in Label),
        Column("events", Integer, nullable=False),
        Column("alerts", Integer, nullable=False),
        Column("acknowledged", Integer, nullable=False),
        Column("reaction_seconds", Double, nullable=False),
    ]


# The same numbers three times, changed together: a year of 100 cameras is 876,000 hours, too many to sum while somebody
# waits. Without row ids SQLite keeps the rows in the order of their key, and a camera's side by side.
statistics = Table(
    "statistics",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("zone", String, primary_key=True),  # its name; empty: the whole picture
    Column("hour", UtcDateTime, primary_key=True),  # its start
    *_counts(),
    Index("statistics_by_hour", "hour"),
    sqlite_with_rowid=False,
)
statistics_of_days = Table(
    "statistics_of_days",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("zone", String, primary_key=True),
    Column("day", UtcDateTime, primary_key=True),  # its start, in UTC
    *_counts(),
    sqlite_with_rowid=False,
)
statistics_of_all = Table(
    "statistics_of_all",
    metadata,
    Column("hour", UtcDateTime, primary_key=True),  # of all cameras together, their whole pictures
    *_counts(),
    sqlite_with_rowid=False,
)
