"""Statistics of days, and of all cameras together: a year is too many hours to sum while somebody waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OUTCOMES = ("taken", "skipped", "rejected", "failed", "predicted", "expired", "dead_lettered")
_LABELS = ("no_mask", "mask_incorrect", "mask_correct", "uncertain")
_COUNTS = (
    *(f"shots_{name}" for name in _OUTCOMES),
    *(f"{what}_{name}" for what in ("faces", "people") for name in _LABELS),
    *("events", "alerts", "acknowledged"),
)
_SUMS = ", ".join(f"sum({name})" for name in (*_COUNTS, "reaction_seconds"))
_START_OF_DAY = {
    "sqlite": "strftime('%Y-%m-%d 00:00:00.000000', hour)",
    "postgresql": "date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _keep_in_order()
    op.create_table(
        "statistics_of_days",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("day", sa.DateTime(timezone=True), nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("camera_id", "zone", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistics_of_all",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("hour"),
        sqlite_with_rowid=False,
    )
    day = f"SELECT camera_id, zone, {_START_OF_DAY[dialect]}, {_SUMS} FROM statistics GROUP BY 1, 2, 3"  # noqa: S608
    hour = f"SELECT hour, {_SUMS} FROM statistics WHERE zone = '' GROUP BY hour"  # noqa: S608
    op.execute(f"INSERT INTO statistics_of_days {day}")
    op.execute(f"INSERT INTO statistics_of_all {hour}")


def _keep_in_order() -> None:
    """Make the table anew without row ids: a camera's hours then lie side by side in the file."""
    op.drop_index("statistics_by_hour", "statistics")
    op.rename_table("statistics", "statistics_with_rowids")
    op.create_table(
        "statistics",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("camera_id", "zone", "hour"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO statistics SELECT * FROM statistics_with_rowids")
    op.drop_table("statistics_with_rowids")
    op.create_index("statistics_by_hour", "statistics", ["hour"], unique=False)


def _counts() -> list[sa.Column[int] | sa.Column[float]]:
    counts = [sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS]
    return [*counts, sa.Column("reaction_seconds", sa.Double(), nullable=False)]
