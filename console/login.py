"""Logging in and out, with a limit on guessing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

import structlog

from common.domain.user import Role, TokenKind, User
from console.auth import (
    SESSION_LIFE,
    Identity,
    create_token,
    csrf_token,
    hash_secret,
    identify,
    identity_of,
)
from console.context import Console
from console.errors import NotAllowed, TooManyLogins, WrongCredentials
from console.outside import welcome
from console.passwords import fits, one_check
from console.vouching import Stranger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many wrong passwords are free; one more, and one waits that long from the last try."""

    attempts: int
    seconds: float


PER_NAME = Limit(attempts=5, seconds=60.0)  # of one name from one address
NETWORK_BITS = 64  # of an IPv6 address: whoever has one has all that begin so
PER_ADDRESS = Limit(attempts=30, seconds=300.0)  # of all names: there may be many people behind one address


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a browser gets at login."""

    secret: str = field(repr=False)  # the session cookie's value
    csrf: str = field(repr=False)
    identity: Identity


def log_in(console: Console, *, name: str, password: str, address: str) -> Session:
    """A new session. Raises WrongCredentials, TooManyLogins after several of those in a row, Overloaded."""
    return open_session(console, check_login(console, name=name, password=password, address=address), address=address)


def check_login(console: Console, *, name: str, password: str, address: str) -> User:
    """The user whose name and password these are. Raises as `log_in`."""
    place = place_of(address)
    of_name, of_address = _key("name", name, place), _key("address", place)
    limits = {of_name: PER_NAME, of_address: PER_ADDRESS}
    for key, limit in limits.items():
        _refuse(limit, int(console.coordination.get(key) or b"0") + 1)  # before one waits for one's turn
    with console.repository.begin() as unit:
        user = unit.users.find(name)
    with one_check():  # outside of the transaction: checking takes long on purpose
        # Counted before it is checked: of many guesses at once, here and in other replicas, no more are free.
        for key, limit in limits.items():
            _refuse(limit, console.coordination.add(key, 1, ttl=limit.seconds))
        is_right = fits(user.password_hash if user else None, password)
    if user is None or not is_right:
        log.warning("login.failed", user=name if user else "", address=address)
        raise WrongCredentials("The name or the password is wrong.")
    console.coordination.put(of_name, b"0", ttl=PER_NAME.seconds)
    console.coordination.add(of_address, -1, ttl=PER_ADDRESS.seconds)  # the others' guesses from there still count
    return user


def open_session(console: Console, user: User, *, address: str) -> Session:
    """Log in somebody who has shown who they are."""
    with console.repository.begin() as unit:
        unit.users.remove_expired_tokens(console.clock())
        token, secret = create_token(
            unit,
            user,
            kind=TokenKind.SESSION,
            life=SESSION_LIFE,
            address=address,
            clock=console.clock,
            new_id=console.new_id,
        )
    log.info("login.succeeded", user=user.name, address=address)
    csrf = csrf_token(console.secret_key, hash_secret(secret))
    return Session(secret=secret, csrf=csrf, identity=identity_of(user, token))


def let_in_by_proxy(console: Console, *, name: str, role: str) -> Identity:
    """Whom a trusted proxy has logged in; there is no session: it says so with each request. Raises NotAllowed."""
    if role and role not in list(Role):
        raise NotAllowed(f"The proxy in front says that {name} has the role {role!r}, which is none.")
    user = welcome(console, Stranger(subject=f"proxy {name}", name=name, role=Role(role) if role else None))
    return Identity(
        user_id=user.id,
        name=user.name,
        role=user.role,
        reach=user.reach,
        kind=TokenKind.SESSION,
        token_id="",
        secret_hash=f"proxy {user.id}",  # what its CSRF token is made of
    )


def log_out(console: Console, identity: Identity) -> None:
    """End the session (or token) that asks."""
    if identity.token_id:
        with console.repository.begin() as unit:
            unit.users.remove_token(identity.token_id)


def who_holds(console: Console, secret: str | None, *, kind: TokenKind = TokenKind.SESSION) -> Identity | None:
    """Who the secret belongs to, if anybody."""
    if not secret:
        return None
    with console.repository.begin() as unit:
        return identify(unit, secret, kind=kind, now=console.clock())


def place_of(address: str) -> str:
    """What tries are counted by: an IPv4 address, or the network of an IPv6 one."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:  # a socket without one
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ip_network((int(known), NETWORK_BITS), strict=False))


def _key(what: str, *parts: str) -> str:
    return f"login-failures/{what}/" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _refuse(limit: Limit, attempt: int) -> None:
    if attempt > limit.attempts:
        raise TooManyLogins(
            f"Too many wrong passwords. Try again in {limit.seconds:.0f} seconds.", retry_after_seconds=limit.seconds
        )
