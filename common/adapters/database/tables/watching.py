"""Cameras, their shots, and what was seen on these."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from common.adapters.database.tables.columns import Json, UtcDateTime, faces_column, metadata
from common.domain.prediction import Label

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
    Column("tags", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("zones", Json, nullable=False),
    Column("min_face_px", Integer, nullable=False),
    Column("schedule", Json),
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
    Column("faces", Json, nullable=False),
    Column("model", Json, nullable=False),
    Column("timings_ms", Json, nullable=False),
    *(Column(faces_column(label), Integer, nullable=False) for label in Label),
    Index("predictions_by_camera", "camera_id", "scheduled_at"),
    Index("predictions_by_capture", "camera_id", "captured_at"),  # the order in which a camera's history is told
)
for _label in Label:  # few pictures show any one label: a small index each answers the wall's filter
    _some = predictions.c[faces_column(_label)] > 0
    Index(f"predictions_{_label.value}", predictions.c.scheduled_at, sqlite_where=_some, postgresql_where=_some)

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
    Column("zones", Json, nullable=False),
    Column("snapshot_id", String, nullable=False),
    Column("box", Json, nullable=False),
    Column("score", Double, nullable=False),
    Index("sightings_by_camera", "camera_id", "began_at"),
    Index("sightings_by_time", "began_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String, primary_key=True),
    Column("snapshot_id", String, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("face", Integer, nullable=False),
    Column("box", Json, nullable=False),
    Column("said", String, nullable=False),
    Column("meant", String),
    Column("alert_id", String, nullable=False),
    Column("crop_key", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("feedback_by_time", "at"),
)
