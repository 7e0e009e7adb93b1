"""login, logout, me."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import TokenKind
from console.api.access import CSRF_COOKIE, SESSION_COOKIE, Desk, Viewer
from console.api.answers import answers
from console.api.shapes.people import MeAnswer
from console.auth import SESSION_LIFE, Identity, csrf_token
from console.login import Session, log_in, log_out

router = APIRouter(tags=["login"])


class Credentials(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    password: str = Field(max_length=1000, repr=False)


@router.post("/login", responses=answers(MeAnswer, 401, 429))
def login(credentials: Credentials, request: Request, response: Response, console: Desk) -> dict[str, Any]:
    """Log in: sets the session cookie, and answers the token that changes by cookie must carry as X-CSRF-Token."""
    session = log_in(console, name=credentials.name, password=credentials.password, address=address_of(request))
    set_cookies(request, response, session)
    return {**_me(session.identity), "csrf_token": session.csrf}


@router.post("/logout", status_code=204)
def logout(response: Response, console: Desk, who: Viewer) -> None:
    """End this session; with a bearer token, revoke that token."""
    log_out(console, who)
    clear_cookies(response)


@router.get("/me", responses=answers(MeAnswer))
def me(console: Desk, who: Viewer) -> dict[str, Any]:
    """Who this session or token belongs to, and the server's time: ages are told by its clock."""
    said = {**_me(who), "server_time": console.clock()}
    if who.kind is TokenKind.API:
        return said
    return {**said, "csrf_token": csrf_token(console.secret_key, who.secret_hash)}


def address_of(request: Request) -> str:
    """Where the request comes from, as far as the server knows."""
    return request.client.host if request.client else ""


def set_cookies(request: Request, response: Response, session: Session) -> None:
    """Give the browser its session; `Secure` wherever the page came by HTTPS."""
    secure, life = request.url.scheme == "https", int(SESSION_LIFE.total_seconds())
    response.set_cookie(SESSION_COOKIE, session.secret, max_age=life, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(CSRF_COOKIE, session.csrf, max_age=life, httponly=False, samesite="strict", secure=secure)


def clear_cookies(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(CSRF_COOKIE, samesite="strict")


def _me(identity: Identity) -> dict[str, Any]:
    return {"id": identity.user_id, "name": identity.name, "role": identity.role.value}
