"""Who did what, and what was erased, in the database."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, delete, func, select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import audit, erasures
from common.domain.audit import AuditEntry
from common.domain.erasure import Erasure, ErasureState
from common.errors import NotFound


class SqlAudit:
    """See common/ports/repository."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: AuditEntry) -> None:
        self._session.save(audit, to_row(entry))

    def add_looks(self, entries: Iterable[AuditEntry]) -> None:
        statement = self._session.insert(audit)
        told = statement.excluded
        changed = {
            "count": audit.c.count + told.count,
            "until": case((told.until > audit.c.until, told.until), else_=audit.c.until),
        }
        added = statement.on_conflict_do_update(index_elements=[audit.c.id], set_=changed)
        self._session.run_many(added, [to_row(entry) for entry in entries])

    def list(
        self,
        *,
        by: str | None = None,
        action: str | None = None,
        camera_id: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[AuditEntry]:
        query = select(audit)
        for name, wanted in (("by", by), ("action", action), ("camera_id", camera_id)):
            if wanted is not None:
                query = query.where(audit.c[name] == wanted)
        if after is not None:
            query = query.where(audit.c.at >= after)
        if before is not None:
            query = query.where(audit.c.at < before)
        newest = query.order_by(audit.c.at.desc(), audit.c.id).limit(limit)
        return [from_row(AuditEntry, row) for row in self._session.rows(newest)]

    def count(self, *, before: datetime) -> int:
        return int(self._session.rows(select(func.count().label("old")).where(audit.c.at < before))[0]["old"])

    def remove(self, *, before: datetime, limit: int) -> int:
        old = select(audit.c.id).where(audit.c.at < before).order_by(audit.c.at).limit(limit)
        return self._session.run(delete(audit).where(audit.c.id.in_(old.scalar_subquery()))).rowcount


class SqlErasures:
    """See common/ports/repository."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, erasure: Erasure) -> None:
        self._session.save(erasures, to_row(erasure))

    def get(self, erasure_id: str) -> Erasure:
        rows = self._session.rows(select(erasures).where(erasures.c.id == erasure_id))
        if not rows:
            raise NotFound(f"no erasure {erasure_id!r}")
        return from_row(Erasure, rows[0])

    def unfinished(self) -> builtins.list[Erasure]:
        query = select(erasures).where(erasures.c.state != ErasureState.DONE.value)
        return [from_row(Erasure, row) for row in self._session.rows(query.order_by(erasures.c.requested_at))]

    def list(self, *, before: datetime | None = None, limit: int = 50) -> builtins.list[Erasure]:
        query = select(erasures)
        if before is not None:
            query = query.where(erasures.c.requested_at < before)
        newest = query.order_by(erasures.c.requested_at.desc(), erasures.c.id).limit(limit)
        return [from_row(Erasure, row) for row in self._session.rows(newest)]
