"""Databases of earlier versions, with what was in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from common.adapters.database import migrations
from common.adapters.open import open_repository

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = """
    INSERT INTO events (id, rule_id, camera_id, state, started_at, last_true_at, evaluated_at, peak_count, snapshot_id,
                        reason)
    VALUES ('told', 'r', 'c', 'resolved', :began, :fired, :fired, 1, '', '')
"""
ALERT = """
    INSERT INTO alerts (id, event_id, rule_id, camera_id, state, severity, summary, fired_at, snapshot_id, image_key,
                        count, is_false_positive, note, group_id, reason)
    VALUES (:name, :name, 'r', 'c', 'resolved', 'warning', '', :fired, '', '', 1, false, '', '', '')
"""


def upgrade_to(url: str, revision: str, *statements: tuple[str, dict[str, object]]) -> None:
    """Make the database of that revision, with these rows."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement, values in statements:
            connection.execute(text(statement), values)
    engine.dispose()


def old_alerts_know_since_when(url: str, *, as_stored: bool) -> None:
    began, fired = NOON - timedelta(seconds=10), NOON
    if as_stored:  # SQLite's times are text
        times: dict[str, object] = {"began": f"{began:%Y-%m-%d %H:%M:%S.%f}", "fired": f"{fired:%Y-%m-%d %H:%M:%S.%f}"}
    else:
        times = {"began": began, "fired": fired}
    alerts = [(ALERT, {"name": name, "fired": times["fired"]}) for name in ("told", "eventless")]
    upgrade_to(url, "0006", (EVENT, times), *alerts)
    repository = open_repository(url)
    repository.upgrade()
    with repository.begin() as unit:
        assert unit.alerts.get("told").started_at == began
        assert unit.alerts.get("eventless").started_at == fired  # nothing better is known
    repository.close()


def test_alerts_of_an_older_database_know_since_when_on_sqlite(tmp_path: Path) -> None:
    old_alerts_know_since_when(f"sqlite:///{tmp_path}/maskwatch.db", as_stored=True)


@pytest.mark.services
def test_alerts_of_an_older_database_know_since_when_on_postgresql(fresh_postgres_url: str) -> None:
    old_alerts_know_since_when(fresh_postgres_url, as_stored=False)
