"""Users and their tokens in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from common.adapters.database.rows import from_row, to_row
from common.adapters.database.session import Session
from common.adapters.database.tables import tokens, users
from common.domain.user import Token, TokenKind, User
from common.errors import Conflict, NotFound


class SqlUsers:
    """See common/ports/repository.py."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[User]:
        """By name."""
        return [from_row(User, row) for row in self._session.rows(select(users).order_by(users.c.name))]

    def find(self, name: str) -> User | None:
        rows = self._session.rows(select(users).where(users.c.name == name))
        return from_row(User, rows[0]) if rows else None

    def find_subject(self, subject: str) -> User | None:
        rows = self._session.rows(select(users).where(users.c.subject == subject)) if subject else []
        return from_row(User, rows[0]) if rows else None

    def get(self, user_id: str) -> User:
        rows = self._session.rows(select(users).where(users.c.id == user_id))
        if not rows:
            raise NotFound(f"no user {user_id!r}")
        return from_row(User, rows[0])

    def save(self, user: User) -> None:
        namesake = self.find(user.name)
        if namesake is not None and namesake.id != user.id:
            raise Conflict(f"a user named {user.name!r} exists already")
        self._session.save(users, to_row(user))

    def remove(self, user_id: str) -> None:
        if self._session.run(delete(users).where(users.c.id == user_id)).rowcount == 0:
            raise NotFound(f"no user {user_id!r}")

    def add_token(self, token: Token) -> None:
        self._session.run(insert(tokens).values(to_row(token)))

    def save_token(self, token: Token) -> None:
        self._session.run(update(tokens).where(tokens.c.id == token.id).values(to_row(token)))

    def find_token(self, secret_hash: str) -> Token | None:
        rows = self._session.rows(select(tokens).where(tokens.c.secret_hash == secret_hash))
        return from_row(Token, rows[0]) if rows else None

    def tokens(self, *, kind: TokenKind, user_id: str | None = None) -> list[Token]:
        """Oldest first."""
        query = select(tokens).where(tokens.c.kind == kind.value)
        if user_id is not None:
            query = query.where(tokens.c.user_id == user_id)
        rows = self._session.rows(query.order_by(tokens.c.created_at, tokens.c.id))
        return [from_row(Token, row) for row in rows]

    def remove_token(self, token_id: str) -> None:
        """A missing one is no error: logging out twice is not."""
        self._session.run(delete(tokens).where(tokens.c.id == token_id))

    def remove_expired_tokens(self, now: datetime) -> int:
        """Those whose time has come by `now`; how many."""
        return self._session.run(delete(tokens).where(tokens.c.expires_at <= now)).rowcount
