"""What people said of faces, in the database."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import feedback
from common.domain.feedback import Feedback
from common.errors import NotFound


class SqlFeedbacks:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, said: Feedback) -> None:
        self._session.save(feedback, to_row(said))

    def get(self, feedback_id: str) -> Feedback:
        rows = self._session.rows(select(feedback).where(feedback.c.id == feedback_id))
        if not rows:
            raise NotFound(f"no feedback {feedback_id!r}")
        return from_row(Feedback, rows[0])

    def list(
        self,
        *,
        camera_ids: Collection[str] | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[Feedback]:
        query = select(feedback)
        if camera_ids is not None:
            query = query.where(feedback.c.camera_id.in_(sorted(camera_ids)))
        if after is not None:
            query = query.where(feedback.c.at >= after)
        if before is not None:
            query = query.where(feedback.c.at < before)
        newest = query.order_by(feedback.c.at.desc(), feedback.c.id).limit(limit)
        return [from_row(Feedback, row) for row in self._session.rows(newest)]

    def remove(self, feedback_ids: Iterable[str]) -> None:
        self._session.run(delete(feedback).where(feedback.c.id.in_(sorted(feedback_ids))))
