"""What people do with their own login."""

from __future__ import annotations

import structlog

from common.domain.user import Token, TokenKind
from common.errors import Conflict, NotFound
from console.auth import Identity, has_ended
from console.context import Console
from console.login import check_login
from console.users import change_password

log = structlog.get_logger(__name__)


def change_own_password(console: Console, who: Identity, *, old: str, new: str, address: str) -> None:
    """All of their other sessions end. Raises WrongCredentials, TooManyLogins, InvalidInput.

    Conflict for whoever has no password here.
    """
    with console.repository.begin() as unit:
        if not unit.users.get(who.user_id).password_hash:
            raise Conflict("you log in elsewhere: there is no password of yours here")
    check_login(console, name=who.name, password=old, address=address)
    change_password(console.repository, who.name, new, except_session=who.token_id)
    log.info("password.changed", user=who.name)


def own_sessions(console: Console, who: Identity) -> list[Token]:
    """Those that last, the newest first."""
    now = console.clock()
    with console.repository.begin() as unit:
        found = unit.users.tokens(kind=TokenKind.SESSION, user_id=who.user_id)
    return [token for token in reversed(found) if not has_ended(token, now)]


def end_session(console: Console, who: Identity, session_id: str) -> None:
    """Log oneself out elsewhere. Raises NotFound."""
    if session_id not in {token.id for token in own_sessions(console, who)}:
        raise NotFound(f"no session {session_id!r}")
    with console.repository.begin() as unit:
        unit.users.remove_token(session_id)
