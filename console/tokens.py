"""API tokens: whose may be made by whom, and with which rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from common.domain.user import Area, Role, Token, TokenKind, User
from common.errors import NotFound
from common.ports.repository import Unit
from console.auth import Identity, create_token
from console.context import Console
from console.errors import NotAllowed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A token that somebody would like to have."""

    name: str
    user: str = ""  # whose rights it has, by name; empty: the asker's
    life: timedelta
    role: Role | None = None
    scopes: Sequence[str] = ()


def add_token(console: Console, wish: Wish, *, by: Identity) -> tuple[Token, str, User]:
    """A token, its secret, and whose it is. Nobody makes one that may more than they may themselves, and no
    token one that lasts longer than itself.

    Raises NotAllowed; NotFound for a user who is not there; InvalidInput for a scope that is none.
    """
    with console.repository.begin() as unit:
        user = _owner(unit, wish.user, by)
        role = min(wish.role or by.role, by.role, key=list(Role).index) if user.id == by.user_id else wish.role
        _check_scopes(wish.scopes, by)
        token, secret = create_token(
            unit,
            user,
            name=wish.name,
            life=min(wish.life, _left(unit, by, now=console.clock())),
            role=None if role is user.role else role,
            scopes=wish.scopes,
            clock=console.clock,
            new_id=console.new_id,
        )
    log.info("token.added", token_id=token.id, user=user.name, by=by.name)
    return token, secret, user


def visible_tokens(unit: Unit, by: Identity) -> list[Token]:
    """All for whoever looks after all users, else one's own."""
    return unit.users.tokens(kind=TokenKind.API, user_id=None if may_manage(by) else by.user_id)


def remove_token(console: Console, token_id: str, *, by: Identity) -> None:
    """Revoke one that is visible. Raises NotFound."""
    with console.repository.begin() as unit:
        if token_id not in {token.id for token in visible_tokens(unit, by)}:
            raise NotFound(f"no token {token_id!r}")
        unit.users.remove_token(token_id)
    log.info("token.revoked", token_id=token_id, by=by.name)


def may_manage(by: Identity) -> bool:
    """Whether they look after all users."""
    return by.role is Role.ADMIN and not by.reach.is_limited and by.may(Area.PEOPLE, to_read=False)


def _owner(unit: Unit, name: str, by: Identity) -> User:
    if not name or name == by.name:
        return unit.users.get(by.user_id)
    if not may_manage(by):
        raise NotAllowed("You may make tokens for yourself only.")
    user = unit.users.find(name)
    if user is None:
        raise NotFound(f"no user {name!r}")
    return user


def _left(unit: Unit, by: Identity, *, now: datetime) -> timedelta:
    """How long a token that makes another lasts itself; a person may make any."""
    if by.kind is not TokenKind.API:
        return timedelta.max
    own = unit.users.find_token(by.secret_hash)
    if own is None:
        raise NotAllowed("This token was revoked meanwhile.")
    return own.expires_at - now


def _check_scopes(wanted: Sequence[str], by: Identity) -> None:
    if not by.scopes:
        return
    missing = [scope for scope in wanted if not _has(by, scope)]
    if missing or not wanted:
        raise NotAllowed(f"A token with scopes makes tokens with no other scopes; it has {', '.join(by.scopes)}.")


def _has(by: Identity, scope: str) -> bool:
    return scope in by.scopes or scope.removesuffix(":read") in by.scopes
