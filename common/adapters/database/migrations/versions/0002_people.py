"""People instead of faces: sightings, zones in the statistics, receivers, groups, decisions, the outbox, feedback."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _widen()
    _statistics_by_zone()
    _histories()
    _sightings()
    _receivers()
    _silences()
    _alert_groups()
    _decisions()
    _notifications()
    _feedback()


def _widen() -> None:
    """New columns get a value for the rows that are there; code always says them."""
    _add("rules", "sites", sa.JSON(), "[]")
    _add("rules", "min_face_px", sa.Integer(), "0")
    _add("rules", "group_by", sa.String(), "camera")
    _add("rules", "repeat_seconds", sa.Double(), "300")
    op.add_column("rules", sa.Column("escalate_seconds", sa.Double(), nullable=True))
    _add("rules", "escalate_to", sa.JSON(), "[]")
    _add("events", "reason", sa.Text(), "")
    _add("alerts", "group_id", sa.String(), "")
    op.add_column("alerts", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    _add("alerts", "reason", sa.Text(), "")
    op.create_index("alerts_by_group", "alerts", ["group_id"], unique=False)


def _add(table: str, column: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))


def _statistics_by_zone() -> None:
    """A new primary key: the table is made anew, since SQLite cannot change one."""
    op.drop_index("statistics_by_hour", "statistics")
    op.rename_table("statistics", "statistics_of_cameras")
    counts = [f"shots_{name}" for name in _OUTCOMES] + [f"faces_{name}" for name in _LABELS]
    people = [f"people_{name}" for name in _LABELS]
    op.create_table(
        "statistics",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in [*counts, *people]),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("reaction_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "zone", "hour"),
    )
    kept = ", ".join(["camera_id", "hour", *counts, "alerts"])
    fresh = ", ".join(["zone", *people, "events", "acknowledged", "reaction_seconds"])
    nothing = ", ".join(["''"] + ["0"] * (len(people) + 3))
    op.execute(
        f"INSERT INTO statistics ({kept}, {fresh}) SELECT {kept}, {nothing} FROM statistics_of_cameras"  # noqa: S608
    )
    op.drop_table("statistics_of_cameras")
    op.create_index("statistics_by_hour", "statistics", ["hour"], unique=False)


_OUTCOMES = ("taken", "skipped", "rejected", "failed", "predicted", "expired", "dead_lettered")
_LABELS = ("no_mask", "mask_incorrect", "mask_correct", "uncertain")


def _histories() -> None:
    op.create_table(
        "histories",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id"),
    )


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shots", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sightings_by_camera", "sightings", ["camera_id", "began_at"], unique=False)
    op.create_index("sightings_by_time", "sightings", ["began_at"], unique=False)


def _receivers() -> None:
    op.create_table(
        "receivers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("with_picture", sa.Boolean(), nullable=False),
        sa.Column("per_minute", sa.Double(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("silences_by_end", "silences", ["ends_at"], unique=False)


def _alert_groups() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alert_groups_by_time", "alert_groups", ["opened_at"], unique=False)
    op.create_index(
        "alert_groups_open",
        "alert_groups",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "number"),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("alert_ids", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("notifications_by_group", "notifications", ["group_id"], unique=False)
    op.create_index("notifications_by_time", "notifications", ["created_at"], unique=False)
    op.create_index(
        "notifications_queued",
        "notifications",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("face", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("meant", sa.String(), nullable=True),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("crop_key", sa.Text(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("feedback_by_time", "feedback", ["at"], unique=False)
