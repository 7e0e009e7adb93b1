"""users and tokens"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import Role, TokenKind
from common.errors import NotFound
from console import auth, users
from console.api.access import Admin, Desk
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.shapes.people import NewTokenAnswer, TokenAnswer, UserAnswer
from console.camera_form import Name
from console.paging import by_name
from console.passwords import PASSWORD_LENGTH
from console.views import token_json, user_json

router = APIRouter(tags=["users"])


class UserForm(BaseModel):
    """A new user."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    password: str = Field(min_length=PASSWORD_LENGTH, max_length=1000, repr=False)
    role: Role = Role.VIEWER


class TokenForm(BaseModel):
    """A new token, of a user (by name; oneself when empty)."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    user: str = ""
    days: int = Field(auth.TOKEN_LIFE.days, ge=1, le=3650)


@router.get("/users", responses=answers(Page[UserAnswer]))
def list_users(console: Desk, _who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """Everybody who may log in, by name."""
    with console.repository.begin() as unit:
        found = unit.users.all()
    page, following = by_name(found, key_of=lambda user: user.name, cursor=cursor, limit=limit)
    return listing([user_json(user) for user in page], following)


@router.post("/users", status_code=201, responses=answers(UserAnswer, 409, status=201))
def add_user(form: UserForm, console: Desk, _who: Admin) -> dict[str, Any]:
    """Add a user."""
    with console.repository.begin() as unit:
        user = users.create_user(unit, form.name, form.password, form.role, clock=console.clock, new_id=console.new_id)
    return user_json(user)


@router.delete("/users/{user_id}", status_code=204, responses=answers(None, 409))
def remove_user(user_id: str, console: Desk, _who: Admin) -> None:
    """Remove a user with all sessions and tokens; never the last administrator."""
    with console.repository.begin() as unit:
        users.remove_user(unit, user_id)


@router.get("/tokens", responses=answers(Page[TokenAnswer]))
def list_tokens(console: Desk, _who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """Every API token, without its secret."""
    with console.repository.begin() as unit:
        people = {user.id: user for user in unit.users.all()}
        found = unit.users.tokens(kind=TokenKind.API)
    page, following = by_name(found, key_of=lambda token: f"{token.name}/{token.id}", cursor=cursor, limit=limit)
    return listing([token_json(token, people.get(token.user_id)) for token in page], following)


@router.post("/tokens", status_code=201, responses=answers(NewTokenAnswer, status=201))
def add_token(form: TokenForm, console: Desk, who: Admin) -> dict[str, Any]:
    """Make a token. Its secret is in this answer and never again."""
    with console.repository.begin() as unit:
        user = unit.users.find(form.user or who.name)
        if user is None:
            raise NotFound(f"there is no user {form.user!r}")
        token, secret = auth.create_token(
            unit, user, name=form.name, life=timedelta(days=form.days), clock=console.clock, new_id=console.new_id
        )
    return {**token_json(token, user), "token": secret}


@router.delete("/tokens/{token_id}", status_code=204)
def remove_token(token_id: str, console: Desk, _who: Admin) -> None:
    """Revoke a token."""
    with console.repository.begin() as unit:
        if token_id not in {token.id for token in unit.users.tokens(kind=TokenKind.API)}:
            raise NotFound(f"there is no token {token_id!r}")
        unit.users.remove_token(token_id)
