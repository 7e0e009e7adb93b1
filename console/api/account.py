"""me: one's own login"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import TokenKind
from console.account import change_own_password, end_session, own_sessions
from console.api.access import Desk, Person, address_of
from console.api.answers import Page, answers
from console.api.cookies import set_csrf_cookie
from console.api.parameters import listing
from console.api.shapes.people import MeAnswer, SessionAnswer
from console.auth import Identity, csrf_token
from console.context import Console
from console.views import session_json

router = APIRouter(tags=["account"])


class PasswordForm(BaseModel):
    """The password as it is, and as it shall be."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(max_length=1000, repr=False)
    new: str = Field(max_length=1000, repr=False)


@router.get("/me", responses=answers(MeAnswer))
def me(request: Request, response: Response, console: Desk, who: Person) -> dict[str, Any]:
    """Who this session or token belongs to, what they may do, and whose cameras they may see."""
    said = me_json(console, who)
    if not who.token_id and "csrf_token" in said:  # let in by a proxy: there was no login to give the cookie
        set_csrf_cookie(request, response, said["csrf_token"])
    return said


@router.post("/me/password", status_code=204, responses=answers(None, 409, 429))
def change_password(form: PasswordForm, request: Request, console: Desk, who: Person) -> None:
    """Change one's own password; all other sessions of oneself end."""
    change_own_password(console, who, old=form.old, new=form.new, address=address_of(request))


@router.get("/me/sessions", responses=answers(Page[SessionAnswer]))
def list_sessions(console: Desk, who: Person) -> dict[str, Any]:
    """Where one is logged in, the newest first."""
    return listing([session_json(token, current=who.token_id) for token in own_sessions(console, who)], None)


@router.delete("/me/sessions/{session_id}", status_code=204)
def remove_session(session_id: str, console: Desk, who: Person) -> None:
    """Log oneself out there."""
    end_session(console, who, session_id)


def me_json(console: Console, who: Identity) -> dict[str, Any]:
    """Somebody as they see themselves."""
    said: dict[str, Any] = {
        "id": who.user_id,
        "name": who.name,
        "role": who.role.value,
        "sites": list(who.reach.sites),
        "tags": list(who.reach.tags),
        "is_limited": who.reach.is_limited,
        "scopes": list(who.scopes),
        "server_time": console.clock(),
    }
    if who.kind is TokenKind.SESSION:
        said["csrf_token"] = csrf_token(console.secret_key, who.secret_hash)
    return said
