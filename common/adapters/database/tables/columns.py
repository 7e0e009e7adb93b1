"""What tables are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator

from common.domain.prediction import Label
from common.domain.shot import Outcome


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite keeps no zone, so it is stored as UTC there and comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()
Json = JSON(none_as_null=True)  # a Python None is SQL's NULL, so that `IS NULL` means what it says


def faces_column(label: Label) -> str:
    """The column that counts faces with the label, in `predictions` and `statistics`."""
    return f"faces_{label.value}"


def people_column(label: Label) -> str:
    """The column of `statistics` that counts people by what the vote over their shots says."""
    return f"people_{label.value}"


def shots_column(outcome: Outcome) -> str:
    """The column of `statistics` that counts shots with the outcome."""
    return f"shots_{outcome.value}"
