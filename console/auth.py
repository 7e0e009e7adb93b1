"""Who is asking: sessions and tokens, and what whoever holds one may do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from common.domain.user import Area, Reach, Role, Token, TokenKind, User
from common.errors import InvalidInput, NotFound
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.repository import Unit

SESSION_LIFE = timedelta(hours=12)  # a shift; nobody stays logged in over night
IDLE_LIFE = timedelta(hours=2)  # a session that nobody uses for so long ends; an open page uses it
TOKEN_LIFE = timedelta(days=365)
USED_STEP = timedelta(minutes=1)  # how exactly the last use is kept: looking costs no write each time
SECRET_BYTES = 32

SCOPES = tuple(scope for area in Area for scope in (area.value, f"{area.value}:read"))


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who is asking, by which session or token, and what that allows."""

    user_id: str
    name: str
    role: Role  # the user's, or less where the token says so
    reach: Reach
    kind: TokenKind
    scopes: tuple[str, ...] = ()  # as in Token
    token_id: str  # empty: neither a session nor a token of ours, but a trusted proxy's word
    token_name: str = ""
    secret_hash: str = field(repr=False)

    def may(self, area: Area, *, to_read: bool) -> bool:
        """Whether the token's scopes include it; a session's include everything."""
        return not self.scopes or area.value in self.scopes or (to_read and f"{area.value}:read" in self.scopes)


def create_token(
    unit: Unit,
    user: User,
    *,
    name: str = "",
    kind: TokenKind = TokenKind.API,
    life: timedelta = TOKEN_LIFE,
    role: Role | None = None,
    scopes: Sequence[str] = (),
    address: str = "",
    clock: Clock = utc_now,
    new_id: NewId = new_id,
) -> tuple[Token, str]:
    """A token of the user and its secret. The secret is shown once: only its hash is stored.

    Raises InvalidInput for a scope that is none.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise InvalidInput(f"there is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}")
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock()
    token = Token(
        id=new_id(),
        kind=kind,
        user_id=user.id,
        name=name,
        secret_hash=hash_secret(secret),
        role=role,
        scopes=tuple(dict.fromkeys(scopes)),
        address=address,
        created_at=now,
        expires_at=now + life,
    )
    unit.users.add_token(token)
    return token, secret


def identify(unit: Unit, secret: str, *, kind: TokenKind, now: datetime) -> Identity | None:
    """Who holds this secret; None when nobody does, or it has expired. Its use is noted, about."""
    token = unit.users.find_token(hash_secret(secret))
    if token is None or token.kind is not kind or has_ended(token, now):
        return None
    try:
        user = unit.users.get(token.user_id)
    except NotFound:
        return None
    if token.used_at is None or now - token.used_at >= USED_STEP:
        unit.users.save_token(replace(token, used_at=now))
    return identity_of(user, token)


def has_ended(token: Token, now: datetime) -> bool:
    """Whether its time is over, or, of a session, whether nobody has used it for too long."""
    if token.expires_at <= now:
        return True
    return token.kind is TokenKind.SESSION and now - (token.used_at or token.created_at) >= IDLE_LIFE


def identity_of(user: User, token: Token) -> Identity:
    """The user, as whoever holds this token."""
    is_less = token.role is not None and user.role.includes(token.role)
    return Identity(
        user_id=user.id,
        name=user.name,
        role=token.role if is_less and token.role else user.role,
        reach=user.reach,
        scopes=token.scopes,
        kind=token.kind,
        token_id=token.id,
        token_name=token.name,
        secret_hash=token.secret_hash,
    )


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Secrets are long and random, so a slow hash would protect nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(secret_key: str, secret_hash: str) -> str:
    """The one CSRF token of a session: bound to it by the installation's key, stored nowhere."""
    return hmac.new(secret_key.encode(), f"csrf:{secret_hash}".encode(), hashlib.sha256).hexdigest()
