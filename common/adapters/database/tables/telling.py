"""Who is told, and the outbox."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from common.adapters.database.tables.columns import Json, UtcDateTime, metadata

receivers = Table(
    "receivers",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("with_picture", Boolean, nullable=False),
    Column("per_minute", Double, nullable=False),
    Column("digest", String, nullable=False),
    Column("digest_hour", Integer, nullable=False),
    Column("timezone", String, nullable=False),
    Column("schedule", Json),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("rules", Json, nullable=False),
    Column("cameras", Json, nullable=False),
    Column("sites", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("comment", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("silences_by_end", "ends_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("receiver_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("alert_ids", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("error", Text, nullable=False),
    Index("notifications_by_group", "group_id"),
    Index("notifications_by_time", "created_at"),
)
Index(
    "notifications_queued",
    notifications.c.due_at,
    sqlite_where=notifications.c.state == "queued",
    postgresql_where=notifications.c.state == "queued",
)
