"""Rules in the database."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import rules
from common.domain.rule import Rule
from common.errors import Conflict, NotFound


class SqlRules:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, enabled: bool | None = None) -> list[Rule]:
        query = select(rules).order_by(rules.c.name)
        if enabled is not None:
            query = query.where(rules.c.enabled.is_(enabled))
        return [from_row(Rule, row) for row in self._session.rows(query)]

    def get(self, rule_id: str) -> Rule:
        rows = self._session.rows(select(rules).where(rules.c.id == rule_id))
        if not rows:
            raise NotFound(f"no rule {rule_id!r}")
        return from_row(Rule, rows[0])

    def add(self, rule: Rule) -> None:
        self._refuse_namesake(rule)
        self._session.run(insert(rules).values(to_row(rule)))

    def update(self, rule: Rule) -> None:
        self._refuse_namesake(rule)
        if self._session.run(update(rules).where(rules.c.id == rule.id).values(to_row(rule))).rowcount == 0:
            raise NotFound(f"no rule {rule.id!r}")

    def remove(self, rule_id: str) -> None:
        if self._session.run(delete(rules).where(rules.c.id == rule_id)).rowcount == 0:
            raise NotFound(f"no rule {rule_id!r}")

    def _refuse_namesake(self, rule: Rule) -> None:
        # The unique constraint is what holds; this only says it in a user's words.
        if self._session.rows(select(rules.c.id).where(rules.c.name == rule.name, rules.c.id != rule.id)):
            raise Conflict(f"a rule named {rule.name!r} exists already")
