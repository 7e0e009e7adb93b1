"""The first schema: cameras, shots, predictions, rules, events, alerts, statistics, users."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cameras()
    _shots()
    _predictions()
    _rules()
    _events()
    _alerts()
    _statistics()
    _users()
    _tokens()


def _cameras() -> None:
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.Double(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("min_face_px", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("blur_faces", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _shots() -> None:
    op.create_table(
        "shots",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("shots_by_camera", "shots", ["camera_id", "scheduled_at"], unique=False)
    op.create_index("shots_by_outcome", "shots", ["camera_id", "outcome", "scheduled_at"], unique=False)
    op.create_index("shots_by_time", "shots", ["scheduled_at"], unique=False)


def _predictions() -> None:
    op.create_table(
        "predictions",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("predicted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("image_key", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("faces", sa.JSON(), nullable=False),
        sa.Column("model", sa.JSON(), nullable=False),
        sa.Column("timings_ms", sa.JSON(), nullable=False),
        sa.Column("faces_no_mask", sa.Integer(), nullable=False),
        sa.Column("faces_mask_incorrect", sa.Integer(), nullable=False),
        sa.Column("faces_mask_correct", sa.Integer(), nullable=False),
        sa.Column("faces_uncertain", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id"),
    )
    op.create_index("predictions_by_camera", "predictions", ["camera_id", "scheduled_at"], unique=False)
    op.create_index(
        "predictions_mask_correct",
        "predictions",
        ["scheduled_at"],
        unique=False,
        sqlite_where=sa.text("faces_mask_correct > 0"),
        postgresql_where=sa.text("faces_mask_correct > 0"),
    )
    op.create_index(
        "predictions_mask_incorrect",
        "predictions",
        ["scheduled_at"],
        unique=False,
        sqlite_where=sa.text("faces_mask_incorrect > 0"),
        postgresql_where=sa.text("faces_mask_incorrect > 0"),
    )
    op.create_index(
        "predictions_no_mask",
        "predictions",
        ["scheduled_at"],
        unique=False,
        sqlite_where=sa.text("faces_no_mask > 0"),
        postgresql_where=sa.text("faces_no_mask > 0"),
    )
    op.create_index(
        "predictions_uncertain",
        "predictions",
        ["scheduled_at"],
        unique=False,
        sqlite_where=sa.text("faces_uncertain > 0"),
        postgresql_where=sa.text("faces_uncertain > 0"),
    )


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("for_seconds", sa.Double(), nullable=False),
        sa.Column("keep_firing_seconds", sa.Double(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_true_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("peak_count", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("events_by_camera", "events", ["camera_id", "started_at"], unique=False)
    op.create_index("events_by_time", "events", ["started_at"], unique=False)
    op.create_index(
        "events_open",
        "events",
        ["rule_id", "camera_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending', 'firing')"),
        postgresql_where=sa.text("state IN ('pending', 'firing')"),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("image_key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("is_false_positive", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("alerts_by_camera", "alerts", ["camera_id", "fired_at"], unique=False)
    op.create_index("alerts_by_time", "alerts", ["fired_at"], unique=False)


def _statistics() -> None:
    op.create_table(
        "statistics",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shots_taken", sa.Integer(), nullable=False),
        sa.Column("shots_skipped", sa.Integer(), nullable=False),
        sa.Column("shots_rejected", sa.Integer(), nullable=False),
        sa.Column("shots_failed", sa.Integer(), nullable=False),
        sa.Column("shots_predicted", sa.Integer(), nullable=False),
        sa.Column("shots_expired", sa.Integer(), nullable=False),
        sa.Column("shots_dead_lettered", sa.Integer(), nullable=False),
        sa.Column("faces_no_mask", sa.Integer(), nullable=False),
        sa.Column("faces_mask_incorrect", sa.Integer(), nullable=False),
        sa.Column("faces_mask_correct", sa.Integer(), nullable=False),
        sa.Column("faces_uncertain", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "hour"),
    )
    op.create_index("statistics_by_hour", "statistics", ["hour"], unique=False)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("tokens_by_expiry", "tokens", ["expires_at"], unique=False)
    op.create_index("tokens_by_user", "tokens", ["user_id"], unique=False)
