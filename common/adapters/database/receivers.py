"""Who is told, and when nobody wants to be, in the database."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.seal import Seal
from common.adapters.database.secrets import sealed, unsealed
from common.adapters.database.session import Session
from common.adapters.database.tables import receivers, silences
from common.domain.receiver import Receiver
from common.domain.silence import Silence
from common.errors import Conflict, NotFound


class SqlReceivers:
    """See common/ports/repository.py."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session = session
        self._seal = seal

    def list(self, *, enabled: bool | None = None) -> builtins.list[Receiver]:
        query = select(receivers).order_by(receivers.c.name)
        if enabled is not None:
            query = query.where(receivers.c.enabled.is_(enabled))
        return [self._receiver(row) for row in self._session.rows(query)]

    def get(self, receiver_id: str) -> Receiver:
        rows = self._session.rows(select(receivers).where(receivers.c.id == receiver_id))
        if not rows:
            raise NotFound(f"no receiver {receiver_id!r}")
        return self._receiver(rows[0])

    def find(self, name: str) -> Receiver | None:
        rows = self._session.rows(select(receivers).where(receivers.c.name == name))
        return self._receiver(rows[0]) if rows else None

    def add(self, receiver: Receiver) -> None:
        self._refuse_namesake(receiver)
        self._session.run(insert(receivers).values(self._row(receiver)))

    def update(self, receiver: Receiver) -> None:
        self._refuse_namesake(receiver)
        changed = update(receivers).where(receivers.c.id == receiver.id).values(self._row(receiver))
        if self._session.run(changed).rowcount == 0:
            raise NotFound(f"no receiver {receiver.id!r}")

    def remove(self, receiver_id: str) -> None:
        if self._session.run(delete(receivers).where(receivers.c.id == receiver_id)).rowcount == 0:
            raise NotFound(f"no receiver {receiver_id!r}")

    def _refuse_namesake(self, receiver: Receiver) -> None:
        # The unique constraint is what holds; this only says it in a user's words.
        namesake = self.find(receiver.name)
        if namesake is not None and namesake.id != receiver.id:
            raise Conflict(f"a receiver named {receiver.name!r} exists already")

    def _receiver(self, row: RowMapping) -> Receiver:
        return from_row(Receiver, unsealed(receivers, row, self._seal))

    def _row(self, receiver: Receiver) -> dict[str, Any]:
        return sealed(receivers, to_row(receiver), self._seal)


class SqlSilences:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, ending_after: datetime | None = None, limit: int | None = None) -> builtins.list[Silence]:
        query = select(silences).order_by(silences.c.starts_at.desc(), silences.c.id).limit(limit)
        if ending_after is not None:
            query = query.where(silences.c.ends_at > ending_after)
        return [from_row(Silence, row) for row in self._session.rows(query)]

    def get(self, silence_id: str) -> Silence:
        rows = self._session.rows(select(silences).where(silences.c.id == silence_id))
        if not rows:
            raise NotFound(f"no silence {silence_id!r}")
        return from_row(Silence, rows[0])

    def save(self, silence: Silence) -> None:
        self._session.save(silences, to_row(silence))

    def remove(self, silence_id: str) -> None:
        if self._session.run(delete(silences).where(silences.c.id == silence_id)).rowcount == 0:
            raise NotFound(f"no silence {silence_id!r}")
