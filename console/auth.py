"""Users, their passwords, and the sessions and tokens they hold."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from common.domain.user import Role, Token, TokenKind, User
from common.errors import Conflict, InvalidInput, NotFound
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.repository import Repository, Unit

ADMIN = "admin"  # the first user's name
SESSION_LIFE = timedelta(hours=12)  # a shift; nobody stays logged in over night
TOKEN_LIFE = timedelta(days=365)
PASSWORD_LENGTH = 8  # characters at least, as NIST SP 800-63B asks
SECRET_BYTES = 32

_hasher = PasswordHasher()
# Checked when the name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_urlsafe(SECRET_BYTES))


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who is asking, and by which session or token."""

    user_id: str
    name: str
    role: Role
    kind: TokenKind
    token_id: str
    secret_hash: str


def create_user(
    unit: Unit, name: str, password: str, role: Role, *, clock: Clock = utc_now, new_id: NewId = new_id
) -> User:
    """Add a user. Raises InvalidInput for an empty name or a short password, Conflict for a name in use."""
    name = name.strip()
    if not name:
        raise InvalidInput("a user needs a name")
    _check_length(password)
    if unit.users.find(name) is not None:
        raise Conflict(f"there is a user {name!r} already")
    user = User(id=new_id(), name=name, password_hash=_hasher.hash(password), role=role, created_at=clock())
    unit.users.save(user)
    return user


def change_password(unit: Unit, name: str, password: str) -> User:
    """Give a user a new password and end all of their sessions. Raises NotFound, InvalidInput."""
    _check_length(password)
    user = unit.users.find(name)
    if user is None:
        raise NotFound(f"there is no user {name!r}")
    changed = User(
        id=user.id, name=user.name, password_hash=_hasher.hash(password), role=user.role, created_at=user.created_at
    )
    unit.users.save(changed)
    for token in unit.users.tokens(kind=TokenKind.SESSION, user_id=user.id):
        unit.users.remove_token(token.id)
    return changed


def remove_user(unit: Unit, user_id: str) -> None:
    """Remove a user with all tokens. Raises NotFound; Conflict for the last administrator."""
    user = unit.users.get(user_id)
    admins = [other for other in unit.users.all() if other.role is Role.ADMIN]
    if user.role is Role.ADMIN and len(admins) == 1:
        raise Conflict("the last administrator cannot be removed")
    unit.users.remove(user_id)


def ensure_admin(
    repository: Repository, password: str = "", *, clock: Clock = utc_now, new_id: NewId = new_id
) -> str | None:
    """Make the first administrator when there is no user yet.

    Returns the password when one had to be generated: show it once, it is stored nowhere.
    A password that is given is taken as it is, however short: whoever sets it runs the installation.
    """
    with repository.begin() as unit:
        if unit.users.all():
            return None
        chosen = password or secrets.token_urlsafe(12)
        hashed = _hasher.hash(chosen)
        unit.users.save(User(id=new_id(), name=ADMIN, password_hash=hashed, role=Role.ADMIN, created_at=clock()))
    return None if password else chosen


def create_token(
    unit: Unit,
    user: User,
    *,
    name: str = "",
    kind: TokenKind = TokenKind.API,
    life: timedelta = TOKEN_LIFE,
    clock: Clock = utc_now,
    new_id: NewId = new_id,
) -> tuple[Token, str]:
    """A token of the user and its secret. The secret is shown once: only its hash is stored."""
    secret, now = secrets.token_urlsafe(SECRET_BYTES), clock()
    token = Token(
        id=new_id(),
        kind=kind,
        user_id=user.id,
        name=name,
        secret_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + life,
    )
    unit.users.add_token(token)
    return token, secret


def check_password(user: User | None, password: str) -> bool:
    """Whether the password is the user's; takes as long when there is no such user."""
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None


def identify(unit: Unit, secret: str, *, kind: TokenKind, now: datetime) -> Identity | None:
    """Who holds this secret; None when nobody does or it has expired."""
    token = unit.users.find_token(hash_secret(secret))
    if token is None or token.kind is not kind or token.expires_at <= now:
        return None
    try:
        user = unit.users.get(token.user_id)
    except NotFound:
        return None
    return identity_of(user, token)


def identity_of(user: User, token: Token) -> Identity:
    """The user, as whoever holds this token."""
    return Identity(
        user_id=user.id,
        name=user.name,
        role=user.role,
        kind=token.kind,
        token_id=token.id,
        secret_hash=token.secret_hash,
    )


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Secrets are long and random, so a slow hash would protect nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(secret_key: str, secret_hash: str) -> str:
    """The one CSRF token of a session: bound to it by the installation's key, stored nowhere."""
    return hmac.new(secret_key.encode(), f"csrf:{secret_hash}".encode(), hashlib.sha256).hexdigest()


def _check_length(password: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        raise InvalidInput(f"a password needs at least {PASSWORD_LENGTH} characters")
