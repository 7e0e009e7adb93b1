"""Who is asking, and whether they may: what endpoints depend on."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from common.domain.user import Role, TokenKind
from console.auth import Identity, csrf_token
from console.context import Console
from console.errors import ForgedRequest, NotAllowed, NotLoggedIn
from console.gallery import Gallery
from console.login import who_holds
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
    """Who asks, by `Authorization: Bearer` or by the session cookie.

    Raises NotLoggedIn; ForgedRequest when a cookie's change lacks its CSRF token. A bearer token needs none: no
    browser sends it by itself.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        identity = who_holds(console, secret.strip(), kind=TokenKind.API)
        if identity is None:
            raise NotLoggedIn("The token is not valid, or it has expired.")
        return identity
    identity = who_holds(console, request.cookies.get(SESSION_COOKIE))
    if identity is None:
        raise NotLoggedIn("Please log in, or send a token.")
    if request.method not in SAFE_METHODS:
        check_csrf(console, identity, request.headers.get(CSRF_HEADER, ""))
    return identity


def check_csrf(console: Console, identity: Identity, sent: str) -> None:
    """Raises ForgedRequest unless the token is this session's."""
    if not hmac.compare_digest(sent.encode(), csrf_token(console.secret_key, identity.secret_hash).encode()):
        raise ForgedRequest(f"A change by cookie needs the header {CSRF_HEADER}; the login answered with its value.")


def check_role(identity: Identity, role: Role) -> None:
    """Raises NotAllowed unless the role is included."""
    if not identity.role.includes(role):
        raise NotAllowed(f"This needs the role {role.value}; {identity.name} is {identity.role.value}.")


def require(role: Role) -> Callable[[Identity], Identity]:
    """A dependency that lets only this role (and higher ones) through."""

    def check(identity: Annotated[Identity, Depends(identity_of_request)]) -> Identity:
        check_role(identity, role)
        return identity

    return check


Viewer = Annotated[Identity, Depends(require(Role.VIEWER))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN))]
