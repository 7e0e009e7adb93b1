"""Logging in and out, with a limit on guessing."""

from __future__ import annotations

import hashlib
import math
import threading
from dataclasses import dataclass

import structlog

from common.domain.user import TokenKind
from common.ports.coordination import Coordination
from console.auth import (
    SESSION_LIFE,
    Identity,
    check_password,
    create_token,
    csrf_token,
    hash_secret,
    identify,
    identity_of,
)
from console.context import Console
from console.errors import TooManyLogins, WrongCredentials

log = structlog.get_logger(__name__)

FREE_ATTEMPTS = 5  # wrong passwords per name and address before one must wait
LOCK_SECONDS = 60.0  # from the last wrong one

_counting = threading.Lock()  # of this process; another replica may let a few more through


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a browser gets at login."""

    secret: str  # the session cookie's value
    csrf: str
    identity: Identity


def log_in(console: Console, *, name: str, password: str, address: str) -> Session:
    """A new session. Raises WrongCredentials, or TooManyLogins after several of those in a row."""
    key = "login-failures/" + hashlib.sha256(f"{name}\n{address}".encode()).hexdigest()
    _refuse_guessing(console.coordination, key)
    with console.repository.begin() as unit:
        user = unit.users.find(name)
    # Outside of the transaction: checking takes long on purpose.
    if not check_password(user, password) or user is None:
        _count_failure(console.coordination, key)
        log.warning("login.failed", user=name, address=address)
        raise WrongCredentials("The name or the password is wrong.")
    console.coordination.put(key, b"0", ttl=LOCK_SECONDS)
    with console.repository.begin() as unit:
        unit.users.remove_expired_tokens(console.clock())
        token, secret = create_token(
            unit, user, kind=TokenKind.SESSION, life=SESSION_LIFE, clock=console.clock, new_id=console.new_id
        )
    log.info("login.succeeded", user=name, address=address)
    return Session(
        secret=secret, csrf=csrf_token(console.secret_key, hash_secret(secret)), identity=identity_of(user, token)
    )


def log_out(console: Console, identity: Identity) -> None:
    """End the session (or token) that asks."""
    with console.repository.begin() as unit:
        unit.users.remove_token(identity.token_id)


def who_holds(console: Console, secret: str | None, *, kind: TokenKind = TokenKind.SESSION) -> Identity | None:
    """Who the secret belongs to, if anybody."""
    if not secret:
        return None
    with console.repository.begin() as unit:
        return identify(unit, secret, kind=kind, now=console.clock())


def _refuse_guessing(coordination: Coordination, key: str) -> None:
    if int(coordination.get(key) or b"0") >= FREE_ATTEMPTS:
        seconds = math.ceil(LOCK_SECONDS)
        raise TooManyLogins(
            f"Too many wrong passwords. Try again in {seconds} seconds.", retry_after_seconds=LOCK_SECONDS
        )


def _count_failure(coordination: Coordination, key: str) -> None:
    with _counting:
        failures = int(coordination.get(key) or b"0") + 1
        coordination.put(key, str(failures).encode(), ttl=LOCK_SECONDS)
