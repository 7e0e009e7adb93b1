"""The tables. A column has the name of the domain's field it holds; nested values are JSON.

A change here needs a migration beside it: the contract suite compares both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

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
_JSON = JSON(none_as_null=True)  # a Python None is SQL's NULL, so that `IS NULL` means what it says

cameras = Table(
    "cameras",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("username", Text),
    Column("password", Text),
    Column("interval_seconds", Double, nullable=False),
    Column("weight", Double, nullable=False, server_default="1"),
    Column("site", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("tags", _JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("zones", _JSON, nullable=False),
    Column("min_face_px", Integer, nullable=False),
    Column("schedule", _JSON),
    Column("retention_days", Integer, nullable=False),
    Column("blur_faces", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

shots = Table(
    "shots",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_id", String, nullable=False),  # no foreign key: shots outlive their camera until retention
    Column("scheduled_at", UtcDateTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("captured_at", UtcDateTime),
    Column("image_key", Text),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Index("shots_by_camera", "camera_id", "scheduled_at"),
    Index("shots_by_outcome", "camera_id", "outcome", "scheduled_at"),  # the newest predicted one of a camera
    Index("shots_by_time", "scheduled_at"),
)


def faces_column(label: Label) -> str:
    """The column that counts faces with the label, in `predictions` and `statistics`."""
    return f"faces_{label.value}"


def people_column(label: Label) -> str:
    """The column of `statistics` that counts people by what the vote over their shots says."""
    return f"people_{label.value}"


def shots_column(outcome: Outcome) -> str:
    """The column of `statistics` that counts shots with the outcome."""
    return f"shots_{outcome.value}"


predictions = Table(
    "predictions",
    metadata,
    Column("snapshot_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("scheduled_at", UtcDateTime, nullable=False),
    Column("captured_at", UtcDateTime, nullable=False),
    Column("predicted_at", UtcDateTime, nullable=False),
    Column("image_key", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("faces", _JSON, nullable=False),
    Column("model", _JSON, nullable=False),
    Column("timings_ms", _JSON, nullable=False),
    *(Column(faces_column(label), Integer, nullable=False) for label in Label),
    Index("predictions_by_camera", "camera_id", "scheduled_at"),
    Index("predictions_by_capture", "camera_id", "captured_at"),  # the order in which a camera's history is told
)
for _label in Label:  # few pictures show any one label: a small index each answers the wall's filter
    _some = predictions.c[faces_column(_label)] > 0
    Index(f"predictions_{_label.value}", predictions.c.scheduled_at, sqlite_where=_some, postgresql_where=_some)

rules = Table(
    "rules",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("condition", _JSON, nullable=False),
    Column("cameras", _JSON, nullable=False),
    Column("tags", _JSON, nullable=False),
    Column("zone", Text),
    Column("for_seconds", Double, nullable=False),
    Column("keep_firing_seconds", Double, nullable=False),
    Column("schedule", _JSON),
    Column("severity", String, nullable=False),
    Column("receivers", _JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("sites", _JSON, nullable=False),
    Column("min_face_px", Integer, nullable=False),
    Column("group_by", String, nullable=False),
    Column("repeat_seconds", Double, nullable=False),
    Column("escalate_seconds", Double),
    Column("escalate_to", _JSON, nullable=False),
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

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("user_id", String, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("tokens_by_user", "user_id"),
    Index("tokens_by_expiry", "expires_at"),
)

histories = Table(
    "histories",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("body", Text, nullable=False),  # the analyzer's own JSON
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("shots", Integer, nullable=False),
    Column("label", String, nullable=False),
    Column("zones", _JSON, nullable=False),
    Column("snapshot_id", String, nullable=False),
    Column("box", _JSON, nullable=False),
    Column("score", Double, nullable=False),
    Index("sightings_by_camera", "camera_id", "began_at"),
    Index("sightings_by_time", "began_at"),
)

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
    Column("schedule", _JSON),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("rules", _JSON, nullable=False),
    Column("cameras", _JSON, nullable=False),
    Column("sites", _JSON, nullable=False),
    Column("tags", _JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("silences_by_end", "ends_at"),
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

notifications = Table(
    "notifications",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("receiver_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("alert_ids", _JSON, nullable=False),
    Column("facts", _JSON, nullable=False),
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

feedback = Table(
    "feedback",
    metadata,
    Column("id", String, primary_key=True),
    Column("snapshot_id", String, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("face", Integer, nullable=False),
    Column("box", _JSON, nullable=False),
    Column("said", String, nullable=False),
    Column("meant", String),
    Column("alert_id", String, nullable=False),
    Column("crop_key", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("feedback_by_time", "at"),
)
