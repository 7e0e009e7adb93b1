"""Rules, events, alerts, and why somebody was told or not."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from common.adapters.database.tables.columns import Json, UtcDateTime, metadata

rules = Table(
    "rules",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("condition", Json, nullable=False),
    Column("cameras", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("zone", Text),
    Column("for_seconds", Double, nullable=False),
    Column("keep_firing_seconds", Double, nullable=False),
    Column("schedule", Json),
    Column("severity", String, nullable=False),
    Column("receivers", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("sites", Json, nullable=False),
    Column("min_face_px", Integer, nullable=False),
    Column("group_by", String, nullable=False),
    Column("repeat_seconds", Double, nullable=False),
    Column("escalate_seconds", Double),
    Column("escalate_to", Json, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule_id", String, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("last_true_at", UtcDateTime, nullable=False),
    Column("evaluated_at", UtcDateTime, nullable=False),
    Column("fired_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("peak_count", Integer, nullable=False),
    Column("snapshot_id", String, nullable=False),
    Column("reason", Text, nullable=False),
    Index("events_by_time", "started_at"),
    Index("events_by_camera", "camera_id", "started_at"),
)
Index(
    "events_open",  # at most one open event per rule and camera, whoever writes
    events.c.rule_id,
    events.c.camera_id,
    unique=True,
    sqlite_where=events.c.state.in_(("pending", "firing")),
    postgresql_where=events.c.state.in_(("pending", "firing")),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("event_id", String, nullable=False, unique=True),
    Column("rule_id", String, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("fired_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("snapshot_id", String, nullable=False),
    Column("image_key", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", Text),
    Column("is_false_positive", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("group_id", String, nullable=False),
    Column("snoozed_until", UtcDateTime),
    Column("reason", Text, nullable=False),
    Index("alerts_by_time", "fired_at"),
    Index("alerts_by_camera", "camera_id", "fired_at"),
    Index("alerts_by_group", "group_id"),
)

alert_groups = Table(
    "alert_groups",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", Text, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("place", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("told_count", Integer, nullable=False),
    Column("escalated_at", UtcDateTime),
    Column("cleared_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("alert_groups_by_time", "opened_at"),
)
Index(
    "alert_groups_open",  # at most one open group per key, whoever writes
    alert_groups.c.key,
    unique=True,
    sqlite_where=alert_groups.c.closed_at.is_(None),
    postgresql_where=alert_groups.c.closed_at.is_(None),
)

decisions = Table(
    "decisions",
    metadata,
    Column("alert_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("stage", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reason", Text, nullable=False),
)
