"""Who may use the console."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from common.domain.user import Token, TokenKind, User


class Users(Protocol):
    """People, and the tokens they hold."""

    def all(self) -> list[User]: ...
    def find(self, name: str) -> User | None: ...
    def find_subject(self, subject: str) -> User | None: ...
    def get(self, user_id: str) -> User: ...
    def save(self, user: User) -> None:
        """Add or replace; a name in use by another raises Conflict."""

    def remove(self, user_id: str) -> None:
        """With all tokens."""

    def add_token(self, token: Token) -> None: ...
    def save_token(self, token: Token) -> None:
        """Replace it; one that was removed meanwhile stays removed."""

    def find_token(self, secret_hash: str) -> Token | None: ...
    def tokens(self, *, kind: TokenKind, user_id: str | None = None) -> list[Token]: ...
    def remove_token(self, token_id: str) -> None: ...
    def remove_expired_tokens(self, now: datetime) -> int: ...
