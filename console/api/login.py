"""login, logout"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from common.errors import MaskwatchError
from console.api.access import Desk, Person, address_of
from console.api.account import me_json
from console.api.answers import answers
from console.api.cookies import clear_cookies, is_secure, set_cookies
from console.api.shapes.people import LoginWaysAnswer, MeAnswer
from console.arrivals import WAY_SECONDS, arrive, depart, safe_target
from console.context import Console
from console.login import log_in, log_out

router = APIRouter(tags=["login"])

STATE_COOKIE = "maskwatch_oidc"  # ties the way back to the browser that left
STATE_PATH = "/api/v1/login"
LONG = 2000  # characters of what a provider sends along


class Credentials(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    password: str = Field(max_length=1000, repr=False)


@router.get("/login", responses=answers(LoginWaysAnswer))
def login_ways(console: Desk) -> dict[str, Any]:
    """How one may log in: with a password, and at which identity provider (`oidc`: its host, or null)."""
    return {"password": True, "oidc": console.provider.host if console.provider else None}


@router.post("/login", name="log_in", responses=answers(MeAnswer, 401, 429))
def login(credentials: Credentials, request: Request, response: Response, console: Desk) -> dict[str, Any]:
    """Log in: sets the session cookie, and answers the token that changes by cookie must carry as X-CSRF-Token."""
    request.state.claimed_name = credentials.name  # for the audit log
    session = log_in(console, name=credentials.name, password=credentials.password, address=address_of(request))
    request.state.identity = session.identity
    set_cookies(request, response, session)
    return me_json(console, session.identity)


@router.post("/logout", name="log_out", status_code=204)
def logout(response: Response, console: Desk, who: Person) -> None:
    """End this session; with a bearer token, revoke that token."""
    log_out(console, who)
    clear_cookies(response)


@router.get("/login/oidc", response_class=RedirectResponse, status_code=303, responses=answers(None, 404, 429))
def leave_for_provider(request: Request, console: Desk, next: str = "/") -> RedirectResponse:
    """Log in at the identity provider; afterwards the browser is at `next`."""
    departure = depart(
        console, target=safe_target(next), redirect_uri=_way_back(request, console), address=address_of(request)
    )
    answer = RedirectResponse(departure.url, status_code=303)
    answer.set_cookie(
        STATE_COOKIE,
        departure.state,
        max_age=int(WAY_SECONDS),
        path=STATE_PATH,
        httponly=True,
        samesite="lax",  # it comes back by a link from another site
        secure=is_secure(request),
    )
    return answer


@router.get("/login/oidc/callback", response_class=RedirectResponse, status_code=303)
def come_back_from_provider(
    request: Request,
    console: Desk,
    code: Annotated[str, Field(max_length=LONG)] = "",
    state: Annotated[str, Field(max_length=LONG)] = "",
    cookie: Annotated[str, Cookie(alias=STATE_COOKIE, max_length=LONG)] = "",
) -> RedirectResponse:
    """Where the identity provider sends the browser back to; who is refused gets to the login page, with `error`."""
    try:
        arrival = arrive(console, code=code, state=state, cookie=cookie, address=address_of(request))
    except MaskwatchError as exc:
        request.state.refused = True
        answer = RedirectResponse(f"/login?error={exc.code}", status_code=303)
    else:
        request.state.identity = arrival.session.identity
        answer = RedirectResponse(arrival.target, status_code=303)
        set_cookies(request, answer, arrival.session)
    answer.delete_cookie(STATE_COOKIE, path=STATE_PATH, httponly=True, samesite="lax")
    return answer


def _way_back(request: Request, console: Console) -> str:
    base = console.external_url or str(request.base_url)
    return base.rstrip("/") + "/api/v1/login/oidc/callback"
