"""Who may use the console, and what they did."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from common.adapters.database.tables.columns import Json, UtcDateTime, metadata

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("sites", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("subject", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
Index(
    "users_by_subject",  # one user per person of an identity provider, whoever logs in first
    users.c.subject,
    unique=True,
    sqlite_where=users.c.subject != "",
    postgresql_where=users.c.subject != "",
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("user_id", String, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("role", String),
    Column("scopes", Json, nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("tokens_by_user", "user_id"),
    Index("tokens_by_expiry", "expires_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("user_id", String, nullable=False),  # no foreign key: what somebody did outlives them
    Column("token", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", String, nullable=False),
    Column("target", Text, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("fields", Json, nullable=False),
    Column("status", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("until", UtcDateTime),
    Index("audit_by_time", "at"),
    Index("audit_by_user", "by", "at"),
    Index("audit_by_action", "action", "at"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String, primary_key=True),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("camera", Text, nullable=False),
    Column("start", UtcDateTime),
    Column("end", UtcDateTime),
    Column("state", String, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("snapshots", "pictures", "crops", "sightings", "alerts")),
    Column("finished_at", UtcDateTime),
    Index("erasures_by_time", "requested_at"),
)
