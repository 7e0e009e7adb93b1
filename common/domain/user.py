"""People and scripts that may use the console."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user may do: look; also work with alerts; also change cameras, rules and users."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who logs in."""

    id: str
    name: str  # unique
    password_hash: str = field(repr=False)  # argon2id
    role: Role
    created_at: datetime


class TokenKind(StrEnum):
    """A browser's session, or a script's API token."""

    SESSION = "session"
    API = "api"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A secret somebody holds; only its hash is stored."""

    id: str
    kind: TokenKind
    user_id: str
    name: str = ""
    secret_hash: str = field(repr=False)  # SHA-256 of the secret, hex
    created_at: datetime
    expires_at: datetime
