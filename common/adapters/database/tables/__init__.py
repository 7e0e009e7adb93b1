"""The tables. A column has the name of the domain's field it holds; nested values are JSON.

A change here needs a migration beside it: the contract suite compares both.
"""

from __future__ import annotations

from common.adapters.database.tables.alerting import alert_groups, alerts, decisions, events, rules
from common.adapters.database.tables.columns import UtcDateTime, faces_column, metadata, people_column, shots_column
from common.adapters.database.tables.statistics import statistics, statistics_of_all, statistics_of_days
from common.adapters.database.tables.telling import notifications, receivers, silences
from common.adapters.database.tables.users import audit, erasures, tokens, users
from common.adapters.database.tables.watching import cameras, feedback, histories, predictions, shots, sightings

__all__ = (
    "UtcDateTime",
    "alert_groups",
    "alerts",
    "audit",
    "cameras",
    "decisions",
    "erasures",
    "events",
    "faces_column",
    "feedback",
    "histories",
    "metadata",
    "notifications",
    "people_column",
    "predictions",
    "receivers",
    "rules",
    "shots",
    "shots_column",
    "sightings",
    "silences",
    "statistics",
    "statistics_of_all",
    "statistics_of_days",
    "tokens",
    "users",
)
