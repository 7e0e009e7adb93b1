"""The repository: units of work over one SQLAlchemy engine, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from common.adapters.database import schema, secrets
from common.adapters.database.alert_groups import SqlAlertGroups, SqlDecisions
from common.adapters.database.alerts import SqlAlerts
from common.adapters.database.cameras import SqlCameras
from common.adapters.database.engines import postgresql_engine, sqlite_engine
from common.adapters.database.erasing import SqlErasing
from common.adapters.database.events import SqlEvents
from common.adapters.database.feedback import SqlFeedbacks
from common.adapters.database.notifications import SqlNotifications
from common.adapters.database.people import SqlHistories, SqlSightings
from common.adapters.database.predictions import SqlPredictions
from common.adapters.database.privacy import SqlAudit, SqlErasures
from common.adapters.database.receivers import SqlReceivers, SqlSilences
from common.adapters.database.retention import SqlRetention
from common.adapters.database.rules import SqlRules
from common.adapters.database.seal import Seal
from common.adapters.database.session import Session, translated
from common.adapters.database.shots import SqlShots
from common.adapters.database.statistics import SqlStatistics
from common.adapters.database.users import SqlUsers
from common.domain.sealed import Resealed


class SqlUnit:
    """All collections inside one transaction."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self.cameras = SqlCameras(session, seal)
        self.shots = SqlShots(session)
        self.predictions = SqlPredictions(session)
        self.rules = SqlRules(session)
        self.events = SqlEvents(session)
        self.alerts = SqlAlerts(session)
        self.statistics = SqlStatistics(session)
        self.retention = SqlRetention(session)
        self.histories = SqlHistories(session)
        self.sightings = SqlSightings(session)
        self.receivers = SqlReceivers(session, seal)
        self.silences = SqlSilences(session)
        self.groups = SqlAlertGroups(session)
        self.decisions = SqlDecisions(session)
        self.notifications = SqlNotifications(session)
        self.feedback = SqlFeedbacks(session)
        self.users = SqlUsers(session)
        self.audit = SqlAudit(session)
        self.erasures = SqlErasures(session)
        self.erasing = SqlErasing(session)


class SqlRepository:
    """See common/ports/repository.py. On SQLite units take turns: keep them short."""

    def __init__(self, engine: Engine, *, keys: Sequence[str] = ()) -> None:
        """`keys`: what secrets are sealed with, the newest first; without one they are stored as they are."""
        self._engine = engine
        self._seal = Seal(keys)

    @classmethod
    def from_url(cls, url: str, *, keys: Sequence[str] = ()) -> SqlRepository:
        """`sqlite:///path` (what follows the third slash, as it stands) or `postgresql+psycopg2://…`."""
        if url.startswith("sqlite:///"):
            return cls(sqlite_engine(Path(url.removeprefix("sqlite:///"))), keys=keys)
        return cls(postgresql_engine(url), keys=keys)

    @contextmanager
    def begin(self) -> Iterator[SqlUnit]:
        """A unit of work: commits at the end, rolls back on an exception."""
        with translated(), self._engine.begin() as connection:
            yield SqlUnit(Session(connection), self._seal)

    def upgrade(self) -> None:
        """Bring the schema to this version's; several may do so at once."""
        with translated(), self._engine.begin() as connection:
            schema.upgrade(connection)

    def check(self) -> None:
        """Raise Unavailable unless the database answers, its schema is this version's and our keys open its secrets."""
        with translated(), self._engine.connect() as connection:
            schema.check(connection)
            secrets.check(Session(connection), self._seal)

    def reseal(self, *, is_dry_run: bool = False) -> Resealed:
        """See common/ports/repository."""
        with translated(), self._engine.begin() as connection:
            return secrets.reseal(Session(connection), self._seal, is_dry_run=is_dry_run)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
