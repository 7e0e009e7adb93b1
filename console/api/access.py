"""Who is asking, and whether they may: what endpoints depend on."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from common.domain.user import Area, Role, TokenKind
from console.audit import Onlooker, Repeats
from console.auth import Identity, csrf_token
from console.context import Console
from console.errors import ForgedRequest, NotAllowed, NotLoggedIn
from console.gallery import Gallery, Seen
from console.login import let_in_by_proxy, who_holds
from console.scene import Watch

SESSION_COOKIE = "maskwatch_session"  # HttpOnly: no script reads it
CSRF_COOKIE = "maskwatch_csrf"  # for scripts of our own pages, to be sent back as the header
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def console_of(request: Request) -> Console:
    """The console that this app was made with."""
    console: Console = request.app.state.console
    return console


def gallery_of(request: Request) -> Gallery:
    """The app's pictures."""
    gallery: Gallery = request.app.state.gallery
    return gallery


def watch_of(request: Request) -> Watch:
    """The app's one reader of what changes."""
    watch: Watch = request.app.state.watch
    return watch


Desk = Annotated[Console, Depends(console_of)]
Pictures = Annotated[Gallery, Depends(gallery_of)]
Watching = Annotated[Watch, Depends(watch_of)]


def identity_of_request(request: Request, console: Desk) -> Identity:
    """Who asks, by `Authorization: Bearer`, by what a trusted proxy says, or by the session cookie.

    Raises NotLoggedIn; ForgedRequest when a change lacks its CSRF token. A bearer token needs none: no browser sends it
    by itself.
    """
    identity = find_identity(request, console)
    if identity is None:
        raise NotLoggedIn("Please log in, or send a token that is valid.")
    if identity.kind is TokenKind.SESSION and request.method not in SAFE_METHODS:
        check_csrf(console, identity, request.headers.get(CSRF_HEADER, ""))
    request.state.identity = identity  # for the audit log
    return identity


def find_identity(connection: HTTPConnection, console: Console) -> Identity | None:
    """Who asks, if anybody known. Raises NotAllowed for a role that a proxy made up, or for what it said twice."""
    scheme, _, secret = connection.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return who_holds(console, secret.strip(), kind=TokenKind.API)
    proxies = console.proxies
    if proxies.user_header and (name := _said_once(connection, proxies.user_header)):
        return let_in_by_proxy(console, name=name, role=_said_once(connection, proxies.role_header))
    return who_holds(console, connection.cookies.get(SESSION_COOKIE))


def _said_once(connection: HTTPConnection, header: str) -> str:
    """What a trusted proxy says; empty where it says nothing. Raises NotAllowed for a header that is there twice.

    A proxy that adds its header, instead of replacing it, leaves the one that the client wrote before it.
    """
    said = connection.headers.getlist(header) if header else []
    if len(said) > 1:
        raise NotAllowed(f"The header {header} came twice: the proxy in front must replace what the client sends.")
    return said[0] if said else ""


def check_csrf(console: Console, identity: Identity, sent: str) -> None:
    """Raises ForgedRequest unless the token is this session's."""
    if not hmac.compare_digest(sent.encode(), csrf_token(console.secret_key, identity.secret_hash).encode()):
        raise ForgedRequest(f"A change by cookie needs the header {CSRF_HEADER}; the login answered with its value.")


Asker = Annotated[Identity, Depends(identity_of_request)]


def address_of(request: Request) -> str:
    """Where the request comes from; behind a trusted proxy, where that says it does."""
    return request.client.host if request.client else ""


def seen_by(request: Request, console: Desk, who: Asker) -> Seen:
    """Notes that the asker looks at pictures of a camera."""
    repeats: Repeats = request.app.state.repeats
    onlooker = Onlooker(identity=who, address=address_of(request))
    return lambda camera_id: repeats.note(onlooker.look(camera_id, at=console.clock()))


Noted = Annotated[Seen, Depends(seen_by)]  # every endpoint that shows pictures of cameras hands it on


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What an endpoint asks of whoever calls it."""

    role: Role
    area: Area | None  # None: of themselves only, such as their own password
    everywhere: bool  # it concerns all cameras: whoever is limited to some may not


def require(role: Role, area: Area | None, *, everywhere: bool = False) -> Callable[..., Identity]:
    """A dependency that lets only this role (and higher ones) through, with a token whose scopes include the area.

    Reading (GET) needs the scope "area" or "area:read", all else "area". `everywhere`: nobody whose reach is limited.
    Raises NotAllowed.
    """
    needs = Needs(role=role, area=area, everywhere=everywhere)

    def check(request: Request, identity: Asker) -> Identity:
        check_needs(needs, identity, to_read=request.method in SAFE_METHODS)
        return identity

    REQUIREMENTS[check] = needs
    return check


REQUIREMENTS: dict[Callable[..., Identity], Needs] = {}  # by dependency: what the API's description says, and the tests


def check_needs(needs: Needs, identity: Identity, *, to_read: bool) -> None:
    """Raises NotAllowed."""
    if not identity.role.includes(needs.role):
        raise NotAllowed(f"This needs the role {needs.role.value}; {identity.name} is {identity.role.value}.")
    if needs.everywhere and identity.reach.is_limited:
        raise NotAllowed(f"This concerns all cameras; {identity.name} may only see some.")
    if needs.area is None and (to_read or not identity.scopes):
        return
    if needs.area is None or not identity.may(needs.area, to_read=to_read):
        wanted = f"the scope {needs.area.value}" if needs.area else "a token without scopes, or a session"
        raise NotAllowed(f"This needs {wanted}; this token has {', '.join(identity.scopes)}.")


Person = Annotated[Identity, Depends(require(Role.VIEWER, None))]  # whoever is logged in, about themselves
