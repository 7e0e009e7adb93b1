"""tokens"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import Area, Role
from console import tokens
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.shapes.people import NewTokenAnswer, TokenAnswer
from console.auth import SCOPES, TOKEN_LIFE, Identity
from console.camera_form import Name
from console.paging import by_name
from console.views import token_json

router = APIRouter(tags=["tokens"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.PEOPLE))]  # of one's own; of others' tokens.py decides


class TokenForm(BaseModel):
    """A new token: at most with the rights of whoever makes it."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    user: str = Field("", max_length=200, description="whose rights it has, by name; empty: oneself")
    days: int = Field(TOKEN_LIFE.days, ge=1, le=3650)
    role: Role | None = Field(None, description="at most this; null: the user's, whatever it will be")
    scopes: list[Literal[SCOPES]] = Field(  # type: ignore[valid-type]  # made of the areas
        [], description="what it is for: an area, to read only with :read; empty: everything"
    )


@router.get("/tokens", responses=answers(Page[TokenAnswer]))
def list_tokens(console: Desk, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """API tokens, without their secrets: all for an administrator of everything, else one's own."""
    with console.repository.begin() as unit:
        people = {user.id: user for user in unit.users.all()}
        found = tokens.visible_tokens(unit, who)
    page, following = by_name(found, key_of=lambda token: f"{token.name}/{token.id}", cursor=cursor, limit=limit)
    return listing([token_json(token, people.get(token.user_id)) for token in page], following)


@router.post("/tokens", status_code=201, responses=answers(NewTokenAnswer, 404, status=201))
def add_token(form: TokenForm, console: Desk, who: Viewer) -> dict[str, Any]:
    """Make a token. Its secret is in this answer and never again."""
    wish = tokens.Wish(
        name=form.name, user=form.user, life=timedelta(days=form.days), role=form.role, scopes=form.scopes
    )
    token, secret, user = tokens.add_token(console, wish, by=who)
    return {**token_json(token, user), "token": secret}


@router.delete("/tokens/{token_id}", status_code=204)
def remove_token(token_id: str, console: Desk, who: Viewer) -> None:
    """Revoke a token."""
    tokens.remove_token(console, token_id, by=who)
